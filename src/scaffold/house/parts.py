"""Read `parts.toml`: which class of the reference is rewritten by which of ours, and how far."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path

PARTS = "parts.toml"
SCHEMA = 1
_KEYS = {"theirs", "ours", "status", "places"}


class Status(StrEnum):
    """How far a class of the reference is rewritten."""

    DELEGATED = "delegated"
    """The reference's own class is used; ours is a skeleton."""
    TAKEN = "taken"
    """Somebody is writing ours; until it is declared written, the reference's is used."""
    WRITTEN = "written"
    """Ours is used at every place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartClassRow:
    """One class of the reference and ours for it."""

    theirs: str
    """`module:class`, as `scaffold inspect` names it."""
    ours: str
    """`module:class` within the package of the models."""
    status: Status
    places: tuple[str, ...]
    """The paths of its instances in the twin; `""` is the model itself."""

    @property
    def module(self) -> str:
        """The module of ours, without its package."""
        return self.ours.partition(":")[0]

    @property
    def name(self) -> str:
        """The class of ours."""
        return self.ours.partition(":")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class PartTable:
    """Every class that is to be rewritten, small layers first."""

    path: Path
    rows: tuple[PartClassRow, ...]

    @property
    def root(self) -> PartClassRow:
        """The row of the model itself."""
        return next(row for row in self.rows if "" in row.places)

    @property
    def written(self) -> tuple[PartClassRow, ...]:
        """The rows whose class is ours."""
        return tuple(row for row in self.rows if row.status is Status.WRITTEN)

    @property
    def delegates(self) -> bool:
        """Whether any place is still the reference's: the model itself is not ours."""
        return self.root.status is not Status.WRITTEN

    def find(self, name: str) -> PartClassRow:
        """Find a class by ours, by theirs, or by one of its places.

        Raises:
            ScaffoldError: None has that name, or several have.
        """
        hits = [
            row
            for row in self.rows
            if name in (row.theirs, row.ours, row.name, row.module, row.theirs.partition(":")[2])
            or name in row.places
        ]
        if len(hits) == 1:
            return hits[0]
        known = ", ".join(row.ours for row in hits or self.rows)
        raise ScaffoldError(
            f"{'several classes are' if hits else 'no class is'} called {name!r}",
            where=str(self.path),
            remedy=f"name one of {known}",
        )


def read_parts(path: Path) -> PartTable:
    """Read the table of parts.

    Raises:
        ScaffoldError: It is missing, is no TOML, or has a row that cannot be understood.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ScaffoldError(
            "is missing; only a repository made around a reference has it",
            where=str(path),
            remedy="make one: scaffold new DEST --reference SPEC",
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScaffoldError(
            f"cannot be read: {error}", where=str(path), remedy="mend the place that is named"
        ) from error
    if content.get("schema") != SCHEMA:
        raise ScaffoldError(
            f"schema is {content.get('schema')!r}, and this version reads {SCHEMA}",
            where=str(path),
            remedy=f"write schema = {SCHEMA}, or install a newer refscaffold",
        )
    rows = tuple(
        _row(entry, number, path) for number, entry in enumerate(content.get("part", []), start=1)
    )
    roots = sum("" in row.places for row in rows)
    if roots != 1:
        raise ScaffoldError(
            f'{roots} rows have the place "", which is the model itself',
            where=str(path),
            remedy='give exactly one row places = [""]',
        )
    return PartTable(path=path, rows=rows)


def set_status(table: PartTable, row: PartClassRow, status: Status) -> bool:
    """Write another status of one class into the table, in one step; False where it has it."""
    text = table.path.read_text(encoding="utf-8")
    changed = with_status(text, row, status)
    if changed == text:
        return False
    beside = table.path.with_name(f".{table.path.name}.writing")
    try:
        beside.write_text(changed, encoding="utf-8", newline="\n")
        beside.replace(table.path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ScaffoldError(
            f"cannot be written: {error.strerror}",
            where=str(table.path),
            remedy="look at its permissions",
        ) from error
    return True


def is_skeleton(file: Path, name: str) -> bool:
    """Whether a class does nothing but raise yet, in its constructor or in `forward`.

    Raises:
        ScaffoldError: There is no such file, it is no Python, or the class is not in it.
    """
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError) as error:
        raise ScaffoldError(
            f"cannot be read as Python: {error}", where=str(file), remedy="mend it, or restore it"
        ) from error
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            methods = (one for one in node.body if isinstance(one, ast.FunctionDef))
            return any(_raises(one) for one in methods if one.name in ("__init__", "forward"))
    raise ScaffoldError(
        f"has no class {name}", where=str(file), remedy=f"define it, or name another in {PARTS}"
    )


def _raises(method: ast.FunctionDef) -> bool:
    """Whether a method ends in NotImplementedError whatever it is given."""
    last = method.body[-1]
    if not isinstance(last, ast.Raise) or last.exc is None:
        return False
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _row(entry: Any, number: int, path: Path) -> PartClassRow:  # noqa: ANN401 - whatever is there
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        raise ScaffoldError(
            f"row {number} has not exactly the keys {', '.join(sorted(_KEYS))}",
            where=str(path),
            remedy="write it as the other rows are",
        )
    if entry["status"] not in list(Status):
        raise ScaffoldError(
            f"row {number}: status is {entry['status']!r}",
            where=str(path),
            remedy=f"write one of {', '.join(Status)}",
        )
    if not re.fullmatch(r"\w+(\.\w+)*:\w+", str(entry["ours"])):
        raise ScaffoldError(
            f"row {number}: ours is {entry['ours']!r}",
            where=str(path),
            remedy='write "module:Class", as in "attention:Attention"',
        )
    return PartClassRow(
        theirs=str(entry["theirs"]),
        ours=str(entry["ours"]),
        status=Status(entry["status"]),
        places=tuple(map(str, entry["places"])),
    )


def with_status(text: str, row: PartClassRow, status: Status) -> str:
    """Give the text of the table with another status in one row, and all else as it was."""
    head = re.escape(f'ours = "{row.ours}"')
    return re.sub(rf'(?m)(^{head}\s*\n(?:#.*\n)*status = )"\w+"', rf'\1"{status}"', text, count=1)
