"""Decide one file from its three sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.house.lock import digest
from scaffold.house.plan import File
from scaffold.house.table import Owner
from scaffold.update.lines import merge_lines
from scaffold.update.structured import merge_structured
from scaffold.update.verdict import Outcome, Stages, Verdict

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from scaffold.update.sides import Base, Sides


@dataclass(frozen=True, kw_only=True, slots=True)
class Threads:
    """One file under its names on the three sides; None where a side has it not."""

    base: PurePosixPath | None
    ours: PurePosixPath | None
    theirs: PurePosixPath | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Three:
    """The three texts of one file."""

    name: PurePosixPath
    base: File | None
    ours: File | None
    theirs: File | None
    ours_changed: bool
    theirs_changed: bool
    at: PurePosixPath
    """Where the result lies."""
    before: PurePosixPath | None
    """Where it lay in the repository, if elsewhere."""
    moved: str = ""

    def outcome(self, verdict: Verdict, reason: str, result: File | None, how: str = "") -> Outcome:
        """Give the outcome of this file."""
        shown = f"{self.moved}; {reason}" if self.moved else reason
        kept = self.before if self.before != self.at else None
        return Outcome(
            path=self.at, verdict=verdict, reason=shown, result=result, before=kept, how=how
        )

    def conflict(self, reason: str, result: File | None) -> Outcome:
        """Give the outcome that leaves the decision to a person."""
        shown = f"{self.moved}; {reason}" if self.moved else reason
        kept = self.before if self.before != self.at else None
        stages = Stages(base=self.base, ours=self.ours, theirs=self.theirs)
        return Outcome(
            path=self.at,
            verdict=Verdict.CONFLICT,
            reason=shown,
            result=result,
            before=kept,
            stages=stages,
        )


def thread(sides: Sides, one: Threads) -> Outcome | None:
    """Decide one file; None where no side has it any more."""
    ours = sides.ours(one.ours) if one.ours is not None else None
    theirs = sides.theirs.files.get(one.theirs) if one.theirs is not None else None
    if one.base is None:
        assert one.theirs is not None  # noqa: S101 - a file of no side is no thread
        return _new(sides, one.theirs, ours, theirs)
    base = sides.base[one.base]
    if ours is None and theirs is None:
        return None
    three = _three(one, base, ours, theirs)
    owner = sides.theirs.owners.get(one.theirs, base.owner) if one.theirs else base.owner
    if one.ours is None and one.base in sides.strangers:
        reason = "a link or something else stands at its place, and is left alone"
        return three.outcome(Verdict.LEFT, reason, None)
    if ours is None:
        return _deleted_here(three, owner)
    if theirs is None:
        return _deleted_there(three, owner)
    return _both(three, owner)


def _three(one: Threads, base: Base, ours: File | None, theirs: File | None) -> _Three:
    assert one.base is not None  # noqa: S101 - asked for files that were there
    mine = one.ours if one.ours != one.base else None
    house = one.theirs if one.theirs != one.base else None
    said = []
    if mine is not None:
        said.append(f"you renamed {one.base} to {mine}")
    if house is not None:
        said.append(f"the house renamed {one.base} to {house}")
    return _Three(
        name=one.base,
        base=base.file,
        ours=ours,
        theirs=theirs,
        ours_changed=ours is None or _differs(ours, base),
        theirs_changed=theirs is None or _differs(theirs, base),
        at=mine or house or one.base,
        before=one.ours,
        moved=", ".join(said),
    )


def _differs(file: File, base: Base) -> bool:
    return digest(file.content) != base.hash or file.executable != base.executable


def _new(
    sides: Sides, path: PurePosixPath, ours: File | None, theirs: File | None
) -> Outcome | None:
    if path in sides.strangers:
        reason = "a link or something else stands at its place, and is left alone"
        return Outcome(path=path, verdict=Verdict.LEFT, reason=reason, result=None)
    if ours is None:
        return Outcome(path=path, verdict=Verdict.ADDED, reason="new in the house", result=theirs)
    if theirs is None or ours.content == theirs.content:
        reason = "you and the house added the same"
        return Outcome(path=path, verdict=Verdict.SAME, reason=reason, result=ours)
    owner = sides.theirs.owners.get(path, Owner.BOTH)
    if owner is Owner.USER:
        reason = "you and the house added it, and it is yours"
        return Outcome(path=path, verdict=Verdict.LEFT, reason=reason, result=ours)
    merged = merge_lines(b"", ours.content, theirs.content)
    return Outcome(
        path=path,
        verdict=Verdict.CONFLICT,
        reason="you and the house added it with different texts",
        result=File(content=merged.content, executable=ours.executable) if merged else ours,
        stages=Stages(base=None, ours=ours, theirs=theirs),
    )


def _deleted_here(three: _Three, owner: Owner) -> Outcome:
    if not three.theirs_changed:
        return three.outcome(Verdict.GONE, "you deleted it, the house did not change it", None)
    if owner is Owner.USER:
        reason = "you deleted it, and it is yours; the house changed it"
        return three.outcome(Verdict.LEFT, reason, None)
    return three.conflict("you deleted it, the house changed it", three.theirs)


def _deleted_there(three: _Three, owner: Owner) -> Outcome:
    if not three.ours_changed:
        return three.outcome(Verdict.REMOVED, "the house gave it up, you had not changed it", None)
    if owner is Owner.USER:
        return three.outcome(Verdict.LEFT, "the house gave it up, and it is yours", three.ours)
    return three.conflict("the house gave it up, you changed it", three.ours)


def _both(three: _Three, owner: Owner) -> Outcome:
    assert three.ours is not None  # noqa: S101 - asked for files that both have
    assert three.theirs is not None  # noqa: S101 - likewise
    moved = bool(three.moved)
    if not three.theirs_changed:
        verdict = Verdict.MOVED if moved and three.before != three.at else Verdict.KEPT
        return three.outcome(verdict, "the house did not change it", three.ours)
    if not three.ours_changed:
        verdict = Verdict.MOVED if moved else Verdict.TAKEN
        return three.outcome(verdict, "the house changed it, you did not", three.theirs)
    if three.ours == three.theirs:
        return three.outcome(Verdict.SAME, "both made the same change", three.ours)
    if owner is Owner.USER:
        return three.outcome(Verdict.LEFT, "it is yours, and both changed it", three.ours)
    return _merged(three)


def _merged(three: _Three) -> Outcome:
    assert three.ours is not None  # noqa: S101 - both have it
    assert three.theirs is not None  # noqa: S101 - likewise
    executable = _executable(three)
    if three.base is None:
        content = merge_lines(b"", three.ours.content, three.theirs.content)
        result = File(content=content.content, executable=executable) if content else three.ours
        reason = "it is the house's and was changed here, so that its old text is not known"
        if content is not None and content.clean:
            return three.outcome(Verdict.SAME, "both say the same", result)
        return three.conflict(reason, result)
    if three.ours.content == three.theirs.content:
        result = File(content=three.ours.content, executable=executable)
        return three.outcome(Verdict.MERGED, "the same text, another mode", result)
    sides = (three.base.content, three.ours.content, three.theirs.content)
    verdict = Verdict.MOVED if three.moved else Verdict.MERGED
    structured = merge_structured(three.at, *sides)
    if structured is not None:
        form, text = structured
        result = File(content=text, executable=executable)
        return three.outcome(verdict, "both changed other values", result, how=form)
    lines = merge_lines(*sides)
    if lines is None:
        return three.conflict("both changed it, and it is no text; yours is kept", three.ours)
    result = File(content=lines.content, executable=executable)
    if lines.clean:
        return three.outcome(verdict, "both changed other lines", result, how="lines")
    return three.conflict("both changed the same lines", result)


def _executable(three: _Three) -> bool:
    """Give the mode of the side that changed it."""
    assert three.ours is not None  # noqa: S101 - both have it
    assert three.theirs is not None  # noqa: S101 - likewise
    before = three.base.executable if three.base is not None else three.ours.executable
    return three.theirs.executable if three.ours.executable == before else three.ours.executable
