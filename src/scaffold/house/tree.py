"""Look at a folder without changing it and without following a link."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LEFT_OUT = frozenset({".git", "__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache"})
EXECUTABLE = 0o111


class Kind(StrEnum):
    """What stands at a path."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "symbolic link"
    SPECIAL = "device, socket or pipe"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One path of a folder."""

    path: PurePosixPath
    kind: Kind
    mode: int
    links: int = 1
    size: int = 0

    @property
    def executable(self) -> bool:
        """Whether the owner may run it."""
        return bool(self.mode & stat.S_IXUSR)


@dataclass(frozen=True, slots=True)
class Tree:
    """What a folder holds, as it was when looked at."""

    root: Path
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, root: Path, *, left_out: frozenset[str] = LEFT_OUT) -> Tree:
        """Look at everything under a folder, but for the names that are left out."""
        found = sorted(_walk(root, left_out), key=lambda entry: entry.path.parts)
        return cls(root, tuple(found))

    @classmethod
    def listed(cls, root: Path, paths: Iterable[str]) -> Tree:
        """Look at these paths alone; what lies behind a link, or is not there, is left out."""
        folders: dict[str, bool] = {"": True}
        found = [entry for path in paths if (entry := _listed(root, path, folders)) is not None]
        return cls(root, tuple(found))

    def _paths(self, wanted: Callable[[Entry], bool]) -> tuple[PurePosixPath, ...]:
        return tuple(entry.path for entry in self.entries if wanted(entry))

    @property
    def files(self) -> tuple[PurePosixPath, ...]:
        """The plain files."""
        return self._paths(lambda entry: entry.kind is Kind.FILE)

    @property
    def strangers(self) -> tuple[Entry, ...]:
        """Everything that is neither a plain file nor a folder."""
        return tuple(e for e in self.entries if e.kind in (Kind.LINK, Kind.SPECIAL))

    def read(self, path: PurePosixPath) -> bytes:
        """Give the content of a file, refusing to follow a link that took its place."""
        try:
            with os.fdopen(os.open(self.root / path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                return file.read()
        except OSError as error:
            raise ScaffoldError(
                f"cannot be read: {error.strerror}",
                where=str(self.root / path),
                remedy="look at its permissions, and that nothing else changes the folder",
            ) from error

    def link(self, path: PurePosixPath) -> str:
        """Give what a link says, without following it."""
        try:
            return str((self.root / path).readlink())
        except OSError:
            return ""

    def digest(self) -> str:
        """Give one hash over every file: its path, whether it can be run, its content."""
        total = sha256()
        for entry in self.entries:
            if entry.kind is Kind.FILE and entry.path.suffix not in (".pyc", ".pyo"):
                content = sha256(self.read(entry.path)).hexdigest()
                total.update(f"{entry.path}\0{entry.executable:d}\0{content}\n".encode())
        return total.hexdigest()


def _listed(root: Path, path: str, folders: dict[str, bool]) -> Entry | None:
    parent = path.rpartition("/")[0]
    if not _is_folder(root, parent, folders):
        return None
    try:
        status = os.lstat(f"{root}/{path}")
    except OSError:
        return None
    return Entry(
        path=PurePosixPath(path),
        kind=_kind(status.st_mode),
        mode=status.st_mode,
        links=status.st_nlink,
        size=status.st_size,
    )


def _is_folder(root: Path, path: str, known: dict[str, bool]) -> bool:
    """Whether a path is a folder, and no part of it a link."""
    if path not in known:
        above = _is_folder(root, path.rpartition("/")[0], known)
        try:
            known[path] = above and stat.S_ISDIR(os.lstat(f"{root}/{path}").st_mode)
        except OSError:
            known[path] = False
    return known[path]


def _walk(root: Path, left_out: frozenset[str]) -> Iterator[Entry]:
    waiting = [PurePosixPath()]
    while waiting:
        at = waiting.pop()
        try:
            items = list(os.scandir(root / at))
        except OSError as error:
            raise ScaffoldError(
                f"cannot be listed: {error.strerror}",
                where=str(root / at),
                remedy="look at its permissions",
            ) from error
        for item in items:
            if item.name in left_out:
                continue
            status = item.stat(follow_symlinks=False)
            kind = _kind(status.st_mode)
            yield Entry(
                path=at / item.name,
                kind=kind,
                mode=status.st_mode,
                links=status.st_nlink,
                size=status.st_size,
            )
            if kind is Kind.FOLDER:
                waiting.append(at / item.name)


def _kind(mode: int) -> Kind:
    if stat.S_ISLNK(mode):
        return Kind.LINK
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.FILE if stat.S_ISREG(mode) else Kind.SPECIAL
