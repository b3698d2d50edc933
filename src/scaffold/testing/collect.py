"""Find the repository that a test belongs to, and make the parity items of a rung."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung
from scaffold.core.errors import ScaffoldError
from scaffold.golden import manifest_of
from scaffold.golden.manifest import MANIFEST as BUNDLE_MANIFEST
from scaffold.house.manifest import MANIFEST, read_parity
from scaffold.testing import divergence
from scaffold.testing.fullmodel import TIERS
from scaffold.testing.item import REST, ParityItem
from scaffold.testing.ladder import Ladder
from scaffold.testing.listing import full_parts, listed
from scaffold.testing.names import read_names
from scaffold.trace.offered import silence

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

NO_GOLDENS, UNREADABLE, SILENT = "no-goldens", "unreadable", "not-recorded"


def repository_of(path: Path) -> Path | None:
    """Give the nearest folder above a test that holds the manifest of a repository."""
    return next((folder for folder in path.parents if (folder / MANIFEST).is_file()), None)


class Collection:
    """The parity items of one repository, listed once; one ladder under all of them."""

    def __init__(self, root: Path, tier: str = TIERS[0]) -> None:
        self._trouble: ScaffoldError | None = None
        self._listed: dict[Rung, tuple[str, ...]] = {}
        self._bundle, self._ladder = str(root), None
        self._tables: dict[str, Any] = {}
        try:
            paths = read_parity(root)
            self._bundle, self._ladder = (
                str(paths.bundle.relative_to(root)),
                Ladder(paths, tier=tier),
            )
            manifest = manifest_of(paths.bundle)
            self._tables = manifest["tables"]
            names = read_names(paths.map)
            self._listed = listed(manifest, names)
            if Rung.FORWARD in self._listed and (paths.full / BUNDLE_MANIFEST).is_file():
                full = full_parts(manifest_of(paths.full), names)
                self._listed[Rung.FORWARD] = (*self._listed[Rung.FORWARD], *full)
        except ScaffoldError as error:
            self._trouble = error

    def items(self, rung: Rung) -> tuple[ParityItem, ...]:
        """Give the items of a rung in dataflow order; never none.

        A rung without goldens, or a repository that cannot be read, is one item that fails. Where
        nothing could have been recorded, it is one item that says so in the summary.
        """
        if self._trouble is not None:
            return (self._failing(rung, UNREADABLE, divergence.of_error(self._trouble, rung)),)
        names = self._listed.get(rung)
        if names is None and (why := silence(rung, self._tables)):
            return (ParityItem(rung=rung, name=SILENT, order=0, ladder=None, silence=why),)
        if names is None:
            text = divergence.of_no_goldens(rung, self._bundle)
            return (self._failing(rung, NO_GOLDENS, text),)
        items = [self._item(rung, name, order) for order, name in enumerate(names)]
        return (*items, self._item(rung, REST, len(names), frozenset(names)))

    def _item(
        self, rung: Rung, name: str, order: int, others: frozenset[str] = frozenset()
    ) -> ParityItem:
        return ParityItem(rung=rung, name=name, order=order, ladder=self._ladder, others=others)

    def _failing(self, rung: Rung, name: str, trouble: str) -> ParityItem:
        return ParityItem(rung=rung, name=name, order=0, ladder=None, trouble=trouble)
