"""Hold the three sides of an update: what the house gave, what there is, what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.house.base import base_of
from scaffold.house.lock import LOCK, digest, read_lock
from scaffold.house.plan import File
from scaffold.house.table import Owner
from scaffold.house.tree import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path, PurePosixPath

    from scaffold.house.lock import Lock
    from scaffold.house.tree import Tree


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """One file as the house gave it last."""

    hash: str
    owner: Owner
    executable: bool
    file: File | None
    """Its text, where it is known: kept as a merge base, or still in the repository unchanged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Theirs:
    """What the house gives today."""

    files: Mapping[PurePosixPath, File]
    owners: Mapping[PurePosixPath, Owner]
    moved: Mapping[PurePosixPath, PurePosixPath]
    """Paths that the house itself renamed: the old one, and the new."""
    kept: Mapping[PurePosixPath, File]
    """What scaffold keeps beside them: the lock, the merge bases."""


class Sides:
    """The three sides, the repository's read when it is asked for."""

    def __init__(self, tree: Tree, theirs: Theirs) -> None:
        self._tree = tree
        self.theirs = theirs
        self.entries = {e.path: e for e in tree.entries if e.kind is Kind.FILE}
        self.strangers = {e.path for e in tree.strangers}
        self.lock = lock_in(tree)
        self._read: dict[PurePosixPath, File] = {}
        self.base = {
            path: self._base(path, locked.hash, locked.owner, executable=locked.executable)
            for path, locked in self.lock.files.items()
        }

    def ours(self, path: PurePosixPath) -> File | None:
        """Give a file of the repository."""
        entry = self.entries.get(path)
        if entry is None:
            return None
        if path not in self._read:
            self._read[path] = File(content=self._tree.read(path), executable=entry.executable)
        return self._read[path]

    def _base(self, path: PurePosixPath, known: str, owner: Owner, *, executable: bool) -> Base:
        kept = self.ours(base_of(path)) if owner is Owner.BOTH else None
        if kept is not None and digest(kept.content) == known:
            file: File | None = File(content=kept.content, executable=executable)
        else:
            there = self.ours(path)
            same = there is not None and digest(there.content) == known
            file = File(content=there.content, executable=executable) if same and there else None
        return Base(hash=known, owner=owner, executable=executable, file=file)


def lock_in(tree: Tree) -> Lock:
    """Read the lock of a repository."""
    try:
        text = tree.read(LOCK).decode()
    except (ScaffoldError, UnicodeDecodeError) as error:
        raise ScaffoldError(
            "has no lock that can be read, so that nobody knows what its house gave",
            where=str(tree.root / LOCK),
            remedy="restore it from history, or name a repository that scaffold made",
        ) from error
    return read_lock(text, where=str(tree.root / LOCK))


def lock_at(root: Path) -> Lock:
    """Read the lock of the repository in a folder."""
    from scaffold.house.tree import Tree  # noqa: PLC0415 - the type alone is wanted above

    return lock_in(Tree.listed(root, [str(LOCK)]))
