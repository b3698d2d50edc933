"""Put the three sides of an update together: the repository, its lock, and its house today."""

from __future__ import annotations

import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.check.listing import listing
from scaffold.core.errors import ScaffoldError
from scaffold.generate.answers import collect
from scaffold.generate.engines.asking import Asking
from scaffold.generate.questions import read_form
from scaffold.generate.render import render
from scaffold.generate.repository import CONSTRAINTS, owners, repository
from scaffold.generate.sources import open_house
from scaffold.house.manifest import MANIFEST
from scaffold.house.rewrite import recover
from scaffold.house.shipped import shipped
from scaffold.house.tree import Tree
from scaffold.house.workshop import workshop
from scaffold.update.plan import plan
from scaffold.update.sides import Sides, Theirs, lock_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.house.lock import Lock
    from scaffold.house.table import House
    from scaffold.update.plan import UpdatePlan

AROUND = "around"


def planned(root: Path, house: str, settings: Sequence[str]) -> UpdatePlan:
    """Plan the update of a repository to what its house is today.

    Args:
        root: The repository.
        house: Where the house lies; empty for what the manifest says, else what ships.
        settings: Answers that change, as `name=value`.
    """
    recover(root)
    lock = lock_at(root)
    _refuse_around(lock, root)
    with workshop(Path(tempfile.gettempdir())) as room:
        found = open_house(house or house_of(root, lock), room)
        same_house(found, lock)
        known = read_form(found).names
        given: Mapping[str, Any] = {k: v for k, v in lock.answers.items() if k in known}
        given = {**given, **collect(settings)}
        out = room / "theirs"
        out.mkdir()
        rendered = render(found, Asking(given=given, defaults=True), out)
    everything = repository(rendered)
    theirs = Theirs(
        files=rendered.files,
        owners=owners(rendered),
        moved=rendered.house.renamed(rendered.answers),
        kept={
            path: file
            for path, file in everything.items()
            if path not in rendered.files and path != CONSTRAINTS
        },
    )
    paths = {str(entry.path) for entry in listing(root).tree.entries}
    paths |= {str(path) for path in (*lock.files, *theirs.files, *theirs.kept)}
    sides = Sides(Tree.listed(root, sorted(paths)), theirs)
    made = plan(sides, house=found.id, version=found.version, answers=rendered.answers)
    return replace(made, answers={k: v for k, v in made.answers.items() if k in known})


def house_of(root: Path, lock: Lock) -> str:
    """Say where the house lies: what the manifest says, else the one of that name that ships."""
    try:
        table = tomllib.loads((root / MANIFEST).read_text(encoding="utf-8")).get("house", {})
    except (OSError, ValueError):
        table = {}
    named = table.get("source") if isinstance(table, dict) else None
    if isinstance(named, str) and named:
        return named
    if lock.house in shipped():
        return lock.house
    raise ScaffoldError(
        f"is of the house {lock.house!r}, which does not ship",
        where=str(root),
        remedy='name it with --house, or write source = "..." under [house] in reengineering.toml',
    )


def same_house(found: House, lock: Lock) -> None:
    """Refuse a house that the repository is not of."""
    if found.id != lock.house:
        raise ScaffoldError(
            f"is the house {found.id!r}, and the repository is of {lock.house!r}",
            where=found.place(),
            remedy="name the house that it is of",
        )


def _refuse_around(lock: Lock, root: Path) -> None:
    if lock.house == AROUND:
        raise ScaffoldError(
            "was made around a reference, and what its house gives depends on that reference",
            where=str(root),
            remedy="make it anew with scaffold new --reference beside it, and compare the two",
        )
