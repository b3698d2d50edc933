"""Decide what generating would do to a destination, without doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.house.tree import Kind, Tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path, PurePosixPath


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """The content of one file to be, and whether it can be run."""

    content: bytes
    executable: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Write:
    """Make a file that is not there."""

    path: PurePosixPath
    file: File


@dataclass(frozen=True, kw_only=True, slots=True)
class Replace:
    """Put a file in the place of another, which goes to the backup."""

    path: PurePosixPath
    file: File


@dataclass(frozen=True, kw_only=True, slots=True)
class Keep:
    """Leave a file as it is: it has the wanted content, or it is none of ours."""

    path: PurePosixPath


Step = Write | Replace | Keep


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The steps that lead from what is there to what is wanted."""

    destination: Path
    steps: tuple[Step, ...]
    occupied: bool = False
    """Whether the destination holds something already."""

    @property
    def writes(self) -> tuple[Write | Replace, ...]:
        """The steps that put a file."""
        return tuple(step for step in self.steps if not isinstance(step, Keep))

    @property
    def replaced(self) -> tuple[PurePosixPath, ...]:
        """What goes to the backup."""
        return tuple(step.path for step in self.steps if isinstance(step, Replace))


def plan_new(destination: Path, files: Mapping[PurePosixPath, File], *, force: bool | None) -> Plan:
    """Plan to put files into a destination that is absent or empty, or any with `force`.

    Without a choice (`None`) nobody is told of an option that the verb does not have.
    """
    check_destination(destination, force=force)
    there = Tree.of(destination, left_out=frozenset()) if destination.is_dir() else None
    if there is None or not there.entries:
        steps: list[Step] = [Write(path=path, file=files[path]) for path in sorted(files)]
        return Plan(destination=destination, steps=tuple(steps))
    _refuse_strangers(there)
    _refuse_folders_in_the_way(there, files)
    steps = [_step(path, file, there) for path, file in sorted(files.items())]
    steps += [Keep(path=path) for path in there.files if path not in files]
    return Plan(destination=destination, steps=tuple(steps), occupied=True)


def check_destination(destination: Path, *, force: bool | None) -> None:
    """Refuse a destination that is no place for a repository."""
    where = str(destination)
    if destination.is_symlink():
        raise ScaffoldError(
            "is a symbolic link, and links are not followed",
            where=where,
            remedy=f"name the folder that it points to: {destination.readlink()}",
        )
    if any(part.casefold().rstrip(". ") == ".git" for part in destination.parts):
        raise ScaffoldError(
            "lies inside a .git folder", where=where, remedy="name a place outside of it"
        )
    if not destination.exists():
        _check_parent(destination)
        return
    if not destination.is_dir():
        raise ScaffoldError(
            "is a file, not a folder", where=where, remedy="name a folder that is absent or empty"
        )
    if not force and (first := next(destination.iterdir(), None)):
        choice = "" if force is None else ", or add --force, which keeps what it overwrites"
        raise ScaffoldError(
            f"is not empty: it holds {first.name!r}",
            where=where,
            remedy=f"name another folder{choice}",
        )


def _check_parent(destination: Path) -> None:
    for parent in destination.parents:
        if parent.exists():
            if parent.is_dir():
                return
            raise ScaffoldError(
                "is a file, so no folder can be made in it",
                where=str(parent),
                remedy="name a place whose parents are folders",
            )


def _step(path: PurePosixPath, file: File, there: Tree) -> Step:
    if path not in there.files:
        return Write(path=path, file=file)
    if there.read(path) == file.content:
        return Keep(path=path)
    return Replace(path=path, file=file)


def _refuse_strangers(there: Tree) -> None:
    for stranger in there.strangers:
        raise ScaffoldError(
            f"is a {stranger.kind}, and --force works on plain files and folders only",
            where=str(there.root / stranger.path),
            remedy="move it away, or name another folder",
        )


def _refuse_folders_in_the_way(there: Tree, files: Mapping[PurePosixPath, File]) -> None:
    folders = {entry.path for entry in there.entries if entry.kind is Kind.FOLDER}
    plain = set(there.files)
    for path in sorted(files):
        if path in folders:
            raise ScaffoldError(
                "is a folder where a file has to go",
                where=str(there.root / path),
                remedy="move it away, or name another folder",
            )
        for parent in path.parents:
            if parent in plain:
                raise ScaffoldError(
                    "is a file where a folder has to go",
                    where=str(there.root / parent),
                    remedy="move it away, or name another folder",
                )
