"""Record a reference again, and replace the goldens only when that is wanted."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core.comparison import Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, amended
from scaffold.golden.manifest import MANIFEST
from scaffold.golden.place import moved, restored
from scaffold.reference.drift import Drift, between

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Recorder = Callable[[Path], object]
    Measure = Callable[[Bundle], Mapping[str, float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Renewal:
    """What came of recording: where, how it differs from before, whether it was kept."""

    folder: Path
    bundle: Bundle
    written: bool
    drift: Drift | None = None
    """None when there was no bundle before."""

    @property
    def settled(self) -> bool:
        """Whether the bundle on disk says what the reference gives."""
        return self.written or (self.drift is not None and self.drift.verdict.agrees)


def renewed(
    folder: Path,
    recorder: Recorder,
    *,
    update: bool = False,
    reason: str = "",
    unrest: Measure | None = None,
) -> Renewal:
    """Record beside `folder`, compare with what is there, and put the new bundle in its place.

    A bundle that is there stays unless `update` is asked for; then the reason is kept in the
    manifest of the new one.

    Args:
        folder: Where the bundle is, or will be.
        recorder: Records into the folder that it is given.
        update: Whether to replace a bundle that is there.
        reason: Why; kept with the reasons of earlier updates.
        unrest: Measures how far rounding alone moves what is amplified; asked when the first look
            finds a difference.

    Raises:
        ScaffoldError: An update without a reason, or the bundle that is there cannot be read.
    """
    if update and not reason.strip():
        raise ScaffoldError(
            "an update needs a reason, which is kept in the manifest",
            where="--update",
            remedy='add --reason "why the goldens change"',
        )
    restored(folder)
    known = (folder / MANIFEST).exists()
    old = Bundle.read(folder) if known else None
    beside = folder.with_name(f".{folder.name}.recording")
    shutil.rmtree(beside, ignore_errors=True)
    _made(beside, folder)
    try:
        recorder(beside)
        new = Bundle.read(beside, written_now=True)
        drift = _drift(old, new, unrest)
        return _placed(folder, new, old, drift, reason=reason if update else "")
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _made(beside: Path, folder: Path) -> None:
    """Make the place to record in, so that what cannot be written is known before theirs runs."""
    try:
        beside.mkdir(parents=True)
    except OSError as error:
        raise ScaffoldError(
            f"no bundle can be written here: {error.strerror}",
            where=str(folder),
            remedy="look at its permissions and its space, or name another folder",
        ) from error


def _drift(old: Bundle | None, new: Bundle, unrest: Measure | None) -> Drift | None:
    if old is None:
        return None
    drift = between(old, new)
    if drift.verdict is Verdict.DIFFERENT and unrest is not None:
        return between(old, new, unrest(new))
    return drift


def _placed(
    folder: Path, new: Bundle, old: Bundle | None, drift: Drift | None, *, reason: str
) -> Renewal:
    if old is not None and (not reason or _nothing_new(old, new, drift)):
        return Renewal(folder=folder, bundle=old, written=False, drift=drift)
    if old is not None:
        amended(new, {}, provenance={**new.provenance, "updates": _updates(old, reason)})
    moved(new.folder, folder)
    bundle = Bundle.read(folder, written_now=True)
    return Renewal(folder=folder, bundle=bundle, written=True, drift=drift)


def _nothing_new(old: Bundle, new: Bundle, drift: Drift | None) -> bool:
    """Whether both bundles say the same, also of what their goldens can see."""
    same = drift is not None and drift.verdict is Verdict.EQUAL
    return same and old.tables == new.tables


def _updates(old: Bundle, reason: str) -> list[Mapping[str, Any]]:
    """Give the history of a bundle: each reason, and the shards that it replaced."""
    replaced = [shard["hash"] for shard in old.manifest["shards"]]
    return [*old.provenance.get("updates", []), {"reason": reason, "replaced": replaced}]
