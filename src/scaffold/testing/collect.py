"""Find the repository that a test belongs to, and make the parity items of a rung."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.golden import manifest_of
from scaffold.house.manifest import MANIFEST, read_parity
from scaffold.testing import divergence
from scaffold.testing.item import REST, ParityItem
from scaffold.testing.ladder import Ladder
from scaffold.testing.listing import listed
from scaffold.testing.names import read_names

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.core.comparison import Rung

NO_GOLDENS, UNREADABLE = "no-goldens", "unreadable"


def repository_of(path: Path) -> Path | None:
    """Give the nearest folder above a test that holds the manifest of a repository."""
    return next((folder for folder in path.parents if (folder / MANIFEST).is_file()), None)


class Collection:
    """The parity items of one repository, listed once; one ladder under all of them."""

    def __init__(self, root: Path) -> None:
        self._trouble: ScaffoldError | None = None
        self._listed: dict[Rung, tuple[str, ...]] = {}
        self._bundle, self._ladder = str(root), None
        try:
            paths = read_parity(root)
            self._bundle, self._ladder = str(paths.bundle.relative_to(root)), Ladder(paths)
            self._listed = listed(manifest_of(paths.bundle), read_names(paths.map))
        except ScaffoldError as error:
            self._trouble = error

    def items(self, rung: Rung) -> tuple[ParityItem, ...]:
        """Give the items of a rung in dataflow order; never none.

        A rung without goldens, or a repository that cannot be read, is one item that fails.
        """
        if self._trouble is not None:
            return (self._failing(rung, UNREADABLE, divergence.of_error(self._trouble, rung)),)
        names = self._listed.get(rung)
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
