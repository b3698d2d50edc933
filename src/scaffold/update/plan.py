"""Decide what an update would do to every file, without doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.house.base import BASE
from scaffold.house.lock import LOCK, digest
from scaffold.house.table import Owner
from scaffold.update.merge import Threads, thread
from scaffold.update.renames import renames
from scaffold.update.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from scaffold.house.plan import File
    from scaffold.update.sides import Sides

_QUIET = (Verdict.KEPT, Verdict.SAME, Verdict.GONE)


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdatePlan:
    """What an update would do: a value that is shown, carried out, and taken back."""

    house: str
    before: str
    """The version that the repository is of."""
    after: str
    outcomes: tuple[Outcome, ...]
    kept: Mapping[PurePosixPath, File | None]
    """What changes of the lock and the merge bases."""
    answers: Mapping[str, Any]
    """Questions that are new, with the default that they were given."""

    @property
    def conflicts(self) -> tuple[Outcome, ...]:
        """The files in which a person has to decide."""
        return tuple(one for one in self.outcomes if one.verdict is Verdict.CONFLICT)

    @property
    def told(self) -> tuple[Outcome, ...]:
        """The files that a reader wants to see: all in which the house changed something."""
        return tuple(one for one in self.outcomes if one.verdict not in _QUIET)

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not self.kept and all(one.verdict in _QUIET for one in self.outcomes)


def plan(sides: Sides, *, house: str, version: str, answers: Mapping[str, Any]) -> UpdatePlan:
    """Plan an update.

    Args:
        sides: What the house gave, what is there, what the house gives.
        house: The id of the house.
        version: Its version now.
        answers: The answers that theirs were rendered with.
    """
    threads = _threads(sides)
    decided = (thread(sides, one) for one in threads)
    outcomes = [one for one in decided if one is not None]
    outcomes.sort(key=lambda one: str(one.path))
    return UpdatePlan(
        house=house,
        before=sides.lock.version,
        after=version,
        outcomes=tuple(_apart(outcomes)),
        kept=_kept(sides),
        answers={k: v for k, v in answers.items() if k not in sides.lock.answers},
    )


def _threads(sides: Sides) -> list[Threads]:
    """Say, for every file of either side, under which names it lies on the three sides."""
    theirs = sides.theirs
    theirs_at = _renamed_there(sides)
    # Who renamed it as the house does has it where the house wants it.
    alike = {
        old: new
        for old, new in theirs_at.items()
        if old not in sides.entries and new in sides.entries
    }
    ours_at = {**_followed(sides, set(alike)), **alike}
    taken_ours, taken_theirs = set(ours_at.values()), set(theirs_at.values())
    found = [
        Threads(
            base=path,
            ours=ours_at.get(path, path if path in sides.entries else None),
            theirs=theirs_at.get(path, path if path in theirs.files else None),
        )
        for path in sides.base
    ]
    known = {one.theirs for one in found if one.theirs is not None} | taken_theirs
    for path in theirs.files:
        if path not in known:
            there = path in sides.entries and path not in taken_ours and path not in sides.base
            found.append(Threads(base=None, ours=path if there else None, theirs=path))
    return found


def _followed(sides: Sides, known: set[PurePosixPath]) -> dict[PurePosixPath, PurePosixPath]:
    """Find what a person renamed, but for what is known already."""
    gone = {
        path: base.file
        for path, base in sides.base.items()
        if path not in sides.entries
        and path not in known
        and base.file is not None
        and base.owner is not Owner.USER
    }
    hashes = {
        base.hash: path
        for path, base in sides.base.items()
        if path not in sides.entries and path not in known
    }
    if not gone and not hashes:
        return {}
    new = {
        path: file
        for path in sides.entries
        if path not in sides.base
        and path not in sides.theirs.files
        and BASE not in path.parents
        and path != LOCK
        and sides.entries[path].size < _LARGEST
        and (file := sides.ours(path)) is not None
    }
    exact = {
        hashes[name]: path
        for path, file in new.items()
        if (name := digest(file.content)) in hashes and file.content.strip()
    }
    rest = {path: file for path, file in new.items() if path not in set(exact.values())}
    left = {path: file for path, file in gone.items() if path not in exact}
    return exact | renames(left, rest)


_LARGEST = 2_000_000


def _renamed_there(sides: Sides) -> dict[PurePosixPath, PurePosixPath]:
    """Find what the house renamed: by its own table, else by content."""
    theirs = sides.theirs
    told = {
        old: new
        for old, new in theirs.moved.items()
        if old in sides.base and new in theirs.files and new not in sides.base
    }
    gone = {
        path: base.file
        for path, base in sides.base.items()
        if path not in theirs.files and path not in told and base.file is not None
    }
    new = {
        path: file
        for path, file in theirs.files.items()
        if path not in sides.base and path not in set(told.values())
    }
    by_hash = {digest(file.content): path for path, file in new.items() if file.content.strip()}
    exact = {
        path: by_hash[base.hash]
        for path, base in sides.base.items()
        if path not in theirs.files and path not in told and base.hash in by_hash
    }
    used: set[PurePosixPath] = set()
    unique = {}
    for old, one in exact.items():
        if one not in used:
            unique[old] = one
            used.add(one)
    rest = {path: file for path, file in new.items() if path not in used}
    return told | unique | renames({p: f for p, f in gone.items() if p not in unique}, rest)


def _apart(outcomes: list[Outcome]) -> list[Outcome]:
    """Let no two outcomes lie at one place: the later one becomes a conflict beside it."""
    seen: dict[PurePosixPath, Outcome] = {}
    result: list[Outcome] = []
    for one in outcomes:
        if one.result is not None and one.path in seen:
            beside = one.path.with_name(f"{one.path.name}.theirs")
            result.append(
                Outcome(
                    path=beside,
                    verdict=Verdict.CONFLICT,
                    reason=f"two files want to lie at {one.path}; this one lies beside it",
                    result=one.result,
                    before=one.before,
                    how=one.how,
                )
            )
            continue
        if one.result is not None:
            seen[one.path] = one
        result.append(one)
    return result


def _kept(sides: Sides) -> dict[PurePosixPath, File | None]:
    """Give what of scaffold's own files changes: the lock, and the bases of the next update."""
    wanted = sides.theirs.kept
    changed: dict[PurePosixPath, File | None] = {}
    for path, file in wanted.items():
        there = sides.ours(path)
        if there is None or there.content != file.content:
            changed[path] = file
    for path in sides.entries:
        if BASE in path.parents and path not in wanted:
            changed[path] = None
    return changed
