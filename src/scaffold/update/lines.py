"""Merge two texts line by line, by git; conflicts get the markers that every tool knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scaffold.core.errors import ScaffoldError
from scaffold.house.git import run, said

LABELS = ("yours", "what the house gave before", "the house")
_BROKEN = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedLines:
    """The text of a merge, and whether it holds conflicts."""

    content: bytes
    clean: bool


def merge_lines(base: bytes, ours: bytes, theirs: bytes) -> MergedLines | None:
    """Merge two changes of a text; None where one of the three is no text."""
    if any(b"\0" in content for content in (base, ours, theirs)):
        return None
    with TemporaryDirectory(prefix="scaffold-") as room:
        names = []
        for name, content in (("ours", ours), ("base", base), ("theirs", theirs)):
            (Path(room) / name).write_bytes(content)
            names.append(name)
        labels = [word for label in LABELS for word in ("-L", label)]
        done = run(Path(room), "merge-file", "-p", "-q", "--diff3", *labels, *names)
    if done.returncode >= _BROKEN or done.returncode < 0:
        raise ScaffoldError(
            f"git could not merge: {said(done)}",
            where="git merge-file",
            remedy="look at the installation of git",
        )
    return MergedLines(content=done.stdout, clean=done.returncode == 0)
