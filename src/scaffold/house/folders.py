"""Reach files below a folder without ever following a link on the way."""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Folders:
    """Handles of the folders of a repository, each opened once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stack = ExitStack()
        self._handles: dict[PurePosixPath, int] = {}
        self._hold(PurePosixPath(), os.open(root, _FOLDER))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def look(self, path: PurePosixPath) -> None:
        """Refuse a place that is a folder, or that a link or a file stands in the way of."""
        for parent in [*reversed(path.parents)][1:]:
            status = self._status(parent)
            if status is not None and not stat.S_ISDIR(status.st_mode):
                raise ScaffoldError(
                    "is no folder, and links are not followed",
                    where=str(self._root / parent),
                    remedy="move it away",
                )
        status = self._status(path)
        if status is not None and not (
            stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)
        ):
            raise ScaffoldError("is no file", where=str(self._root / path), remedy="move it away")

    def status(self, path: PurePosixPath) -> os.stat_result | None:
        """Give the status of a plain file; None where there is none."""
        found = self._status(path)
        return found if found is not None and stat.S_ISREG(found.st_mode) else None

    def put(self, source: Path, path: PurePosixPath) -> None:
        """Move a file into its place; folders are made on the way."""
        os.rename(source, path.name, dst_dir_fd=self._folder(path.parent, make=True))

    def keep(self, path: PurePosixPath, copy: Path) -> None:
        """Link what stands at a place elsewhere too, where something stands there."""
        with suppress(FileNotFoundError, FileExistsError):
            os.link(
                path.name,
                copy,
                src_dir_fd=self._folder(path.parent, make=False),
                follow_symlinks=False,
            )

    def remove(self, path: PurePosixPath) -> None:
        """Remove a file, and the folders that it leaves empty."""
        try:
            os.unlink(path.name, dir_fd=self._folder(path.parent, make=False))
        except FileNotFoundError:
            return
        for parent in path.parents:
            if parent == PurePosixPath():
                return
            handle = self._handles.pop(parent, None)
            if handle is None:
                return
            try:
                os.rmdir(parent.name, dir_fd=self._folder(parent.parent, make=False))
            except OSError:
                self._handles[parent] = handle
                return

    def _status(self, path: PurePosixPath) -> os.stat_result | None:
        try:
            folder = self._folder(path.parent, make=False)
            return os.stat(path.name, dir_fd=folder, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _folder(self, path: PurePosixPath, *, make: bool) -> int:
        if path not in self._handles:
            above = self._folder(path.parent, make=make)
            if make:
                with suppress(FileExistsError):
                    os.mkdir(path.name, dir_fd=above)
            self._hold(path, os.open(path.name, _FOLDER, dir_fd=above))
        return self._handles[path]

    def _hold(self, path: PurePosixPath, handle: int) -> None:
        self._handles[path] = handle
        self._stack.callback(os.close, handle)
