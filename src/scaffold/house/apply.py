"""Carry out a plan. The only place that writes into a repository.

Everything is made in a workshop beside the destination and moved in one step, so that a process
killed at any moment leaves the destination as it was or as it should be. Files are made through
folder handles that refuse links, so that nobody can lead a write elsewhere between a look and a
write.
"""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Self

from scaffold.core.errors import ScaffoldError
from scaffold.house.exchange import exchange
from scaffold.house.tree import Kind, Tree
from scaffold.house.workshop import workshop

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.house.plan import File, Plan

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def apply(plan: Plan, *, finish: Callable[[Path], None] | None = None) -> Path | None:
    """Make the destination what the plan says, in one step.

    Args:
        plan: What to write.
        finish: Called with the finished folder before it is moved, for the first commit.

    Returns:
        The folder with the files that were overwritten, where there were any.
    """
    ground = _ground(plan.destination)
    try:
        with workshop(ground) as room:
            made = room / "new"
            made.mkdir(mode=0o777)
            if plan.occupied:
                made.chmod(plan.destination.stat().st_mode)
                _link_everything(plan, made)
            with _Writer(made) as writer:
                for step in plan.writes:
                    writer.put(step.path, step.file)
            if finish is not None:
                finish(made)
            return _move(plan, made)
    except OSError as error:
        raise _unwritable(plan.destination, error) from error


def _ground(destination: Path) -> Path:
    """Give the nearest folder above the destination that is there."""
    return next(parent for parent in destination.parents if parent.is_dir())


def _unwritable(destination: Path, error: OSError) -> ScaffoldError:
    remedy = "look at the permissions of the folder above it, or name another place"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "make room on the disk"
    return ScaffoldError(
        f"could not be written: {error.strerror or error}; nothing was changed",
        where=str(destination),
        remedy=remedy,
    )


class _Writer:
    """Make files below a folder, each folder opened once and never through a link."""

    def __init__(self, root: Path) -> None:
        self._stack = ExitStack()
        self._folders: dict[PurePosixPath, int] = {}
        self._keep(PurePosixPath(), os.open(root, _FOLDER))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def put(self, path: PurePosixPath, file: File) -> None:
        """Make one file."""
        folder = self._folder(path.parent)
        with suppress(FileNotFoundError):
            os.unlink(path.name, dir_fd=folder)
        mode = 0o777 if file.executable else 0o666
        with os.fdopen(os.open(path.name, _NEW_FILE, mode, dir_fd=folder), "wb") as out:
            out.write(file.content)

    def _folder(self, path: PurePosixPath) -> int:
        if path not in self._folders:
            above = self._folder(path.parent)
            with suppress(FileExistsError):
                os.mkdir(path.name, dir_fd=above)
            self._keep(path, os.open(path.name, _FOLDER, dir_fd=above))
        return self._folders[path]

    def _keep(self, path: PurePosixPath, handle: int) -> None:
        self._folders[path] = handle
        self._stack.callback(os.close, handle)


def _link_everything(plan: Plan, made: Path) -> None:
    """Have each file of the destination in the new folder too, without copying its content."""
    for entry in Tree.of(plan.destination, left_out=frozenset()).entries:
        target = made / entry.path
        if entry.kind is Kind.FOLDER:
            target.mkdir()
        else:
            os.link(plan.destination / entry.path, target, follow_symlinks=False)


def _move(plan: Plan, made: Path) -> Path | None:
    if not plan.occupied:
        plan.destination.parent.mkdir(parents=True, exist_ok=True)
        made.rename(plan.destination)
        return None
    backup = _back_up(plan, made.with_name("backup"))
    exchange(made, plan.destination)
    return _rescue(plan, made, backup)


def _back_up(plan: Plan, folder: Path) -> Path | None:
    """Link what will be overwritten into a folder beside the destination, before it happens."""
    if not plan.replaced:
        return None
    for path in plan.replaced:
        _link(plan.destination / path, folder / path)
    return _settle(folder, plan.destination)


def _rescue(plan: Plan, old: Path, backup: Path | None) -> Path | None:
    """Save what somebody else wrote into the destination while it was being replaced."""
    for path in Tree.of(old, left_out=frozenset()).files:
        if path in plan.replaced or _same(old / path, plan.destination / path):
            continue
        if backup is None:
            backup = _settle(old.with_name("late"), plan.destination)
        _link(old / path, backup / path)
    return backup


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(source, target, follow_symlinks=False)


def _settle(folder: Path, destination: Path) -> Path:
    """Move a folder beside the destination, under the first name that is free."""
    folder.mkdir(exist_ok=True)
    number = 1
    while True:
        backup = destination.with_name(f"{destination.name}.before-{number}")
        if not backup.exists() and not backup.is_symlink():
            return folder.rename(backup)
        number += 1
