"""Find a house by its id, its folder or its git address."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.house.git import git, run, said
from scaffold.house.plan import File
from scaffold.house.shipped import shelf, shipped
from scaffold.house.table import TABLE, House, extended_by, over, read_house
from scaffold.house.tree import Kind, Tree

if TYPE_CHECKING:
    from pathlib import PurePosixPath

_ADDRESS = re.compile(r"(git\+)?(https?|ssh|git|file)://\S+|[\w.-]+@[\w.-]+:\S+")
_SAFE = ("-c", "protocol.ext.allow=never", "-c", "submodule.recurse=false")
_PATIENCE = 300


def open_house(source: str, room: Path) -> House:
    """Give the house that a person named.

    Whatever does not ship with the tool is copied into the room first, so that what is looked at
    is what is rendered.
    """
    if source in shipped():
        return read_house(shelf() / source)
    if _ADDRESS.fullmatch(source):
        return _cloned(source, room / "clone")
    folder = Path(source)
    if folder.is_dir() and not source.startswith("-"):
        if below := extended_by(folder):
            return over(folder, _shipped(below, folder))
        house = read_house(folder)
        return replace(house, root=_snapshot(folder, room / "house"), named=source)
    near = get_close_matches(source, shipped(), n=1, cutoff=0.5)
    raise ScaffoldError(
        f"{source!r} is no house that ships, no folder and no git address",
        where="--house",
        remedy=f"did you mean {near[0]!r}?" if near else f"name one of: {', '.join(shipped())}",
    )


def _shipped(name: str, folder: Path) -> House:
    if name in shipped():
        return read_house(shelf() / name)
    raise ScaffoldError(
        f"extends {name!r}, which does not ship",
        where=str(folder / TABLE),
        remedy=f"extend one of: {', '.join(shipped())}",
    )


def _cloned(address: str, folder: Path) -> House:
    url, _, reference = _split(address.removeprefix("git+"))
    wanted = ("--branch", reference) if reference else ()
    done = run(
        folder.parent, *_SAFE, "clone", "--quiet", "--depth=1", "--no-tags", "--template=",
        *wanted, "--", url, str(folder),
        settings={"GIT_TERMINAL_PROMPT": "0"}, seconds=_PATIENCE,
    )  # fmt: skip
    if done.returncode:
        raise ScaffoldError(
            f"could not be cloned: {' '.join(said(done).split())}",
            where=address,
            remedy="look at the address, and that you may read it",
        )
    if below := extended_by(folder):
        return over(folder, _shipped(below, folder))
    commit = git(folder, "rev-parse", "HEAD", remedy="look at the address").strip()
    house = replace(
        read_house(folder), root=_snapshot(folder, folder.with_name("house")), named=address
    )
    if (folder / TABLE).is_file():
        return house
    name = url.rstrip("/").rpartition("/")[2].removesuffix(".git")
    return replace(house, id=name, version=commit)


def _split(address: str) -> tuple[str, str, str]:
    """Take the reference off an address: `https://host/house.git@v1`."""
    head, slash, tail = address.rpartition("/")
    name, at, reference = tail.partition("@")
    if at and reference.startswith("-"):
        raise ScaffoldError(
            f"{reference!r} is no branch or tag", where=address, remedy="name one after the @"
        )
    return f"{head}{slash}{name}", at, reference


def _snapshot(folder: Path, target: Path) -> Path:
    """Copy a house without its history; links are left for the screen to refuse."""
    tree = Tree.of(folder)
    target.mkdir(parents=True)
    for entry in tree.entries:
        place = target / entry.path
        match entry.kind:
            case Kind.FOLDER:
                place.mkdir()
            case Kind.FILE:
                _copy(tree, entry.path, place, executable=entry.executable)
            case _:
                raise ScaffoldError(
                    f"is a {entry.kind}, and a house consists of plain files",
                    where=str(folder / entry.path),
                    remedy="put the file itself into the house",
                )
    return target


def _copy(tree: Tree, path: PurePosixPath, place: Path, *, executable: bool) -> None:
    file = File(content=tree.read(path), executable=executable)
    place.write_bytes(file.content)
    if file.executable:
        place.chmod(0o755)
