"""Read a house: what each path of a template is for, and who owns it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TABLE = "house.toml"
TEMPLATES = ("copier.yml", "copier.yaml", "cookiecutter.json")
SCHEMA = 1
ROLES = ("component", "package", "distribution")
_VARIABLE = re.compile(r"\{\{\s*(?:cookiecutter\.)?(\w+)\s*\}\}")
_KNOWN_KEYS = frozenset({"path", "purpose", "owner", "practices", "rules", "when"})


class Owner(StrEnum):
    """Who may change a path after generation."""

    TEMPLATE = "template"
    """The house; an update replaces it."""
    BOTH = "both"
    """The house and the engineer; an update merges."""
    USER = "user"
    """The engineer; an update leaves it alone."""


class Engine(StrEnum):
    """The template engine that renders a house."""

    COPIER = "copier"
    COOKIECUTTER = "cookiecutter"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One path of the layout."""

    path: str
    """As in the template, without its suffix: `src/{{ package }}/models/vit.py`."""
    purpose: str
    owner: Owner | None = None
    """`None` for a folder, which ends with a slash."""
    practices: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    when: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether the row describes a folder."""
        return self.path.endswith("/")

    def at(self, answers: Mapping[str, object]) -> PurePosixPath:
        """Give the path that the row has in a repository with these answers."""
        filled = _VARIABLE.sub(lambda found: str(answers.get(found[1], found[0])), self.path)
        return PurePosixPath(filled)


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """A layout standard: a template and its table."""

    root: Path
    id: str
    version: str
    engine: Engine
    rows: tuple[Row, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """What an answer becomes where paths do not tell: `{"name": "distribution"}`."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Paths that the house renamed, the old and the new, so that an update follows."""
    check: Mapping[str, Any] = field(default_factory=dict)
    """What it changes about the rules, as it stands under `[check]`."""
    named: str = ""
    """How a person named it, where `root` is a copy of our own."""

    def place(self, path: PurePosixPath | str = "") -> str:
        """Give the place of one of its paths in the words of whoever named it."""
        return str(PurePosixPath(self.named or str(self.root)) / path)

    def renamed(self, answers: Mapping[str, object]) -> dict[PurePosixPath, PurePosixPath]:
        """Give what was renamed, under the paths that it has with these answers."""
        return {
            Row(path=old, purpose="").at(answers): Row(path=new, purpose="").at(answers)
            for old, new in self.moved.items()
        }

    def placed(self, answers: Mapping[str, object]) -> dict[PurePosixPath, Row]:
        """Give each row under the path that it has with these answers."""
        return {row.at(answers): row for row in self.rows}


def read_house(root: Path) -> House:
    """Read the house in a folder.

    A template without a `house.toml` is a house too: its id is the folder's name and its table
    is empty, so that every path counts as owned by both.
    """
    engine = _engine_of(root)
    table = root / TABLE
    if not table.is_file():
        return House(root=root, id=root.resolve().name, version="0", engine=engine)
    content = _parse(table)
    schema = content.get("schema")
    if schema != SCHEMA:
        raise ScaffoldError(
            f"schema is {schema!r}, and this version reads {SCHEMA}",
            where=str(table),
            remedy=f"write schema = {SCHEMA}, or install a newer refscaffold",
        )
    if declared := content.get("engine", engine):
        engine = _same_engine(declared, engine, table)
    return House(
        root=root,
        id=_text(content, "id", table),
        version=_text(content, "version", table),
        engine=engine,
        rows=rows_of(content, table),
        names=_names(content.get("names", {}), table),
        moved=_moved(content.get("moved", {}), table),
        check=content.get("check", {}) if isinstance(content.get("check", {}), dict) else {},
    )


def extended_by(root: Path) -> str:
    """Name the house that a folder extends without a template of its own; empty where none."""
    table = root / TABLE
    own = any((root / name).is_file() for name in TEMPLATES)
    if own or not table.is_file():
        return ""
    extends = _parse(table).get("extends", "")
    return extends if isinstance(extends, str) else ""


def over(root: Path, below: House) -> House:
    """Give the house that extends another: its template and rows, under our name and wishes."""
    table = root / TABLE
    content = _parse(table)
    own = {row.path: row for row in rows_of(content, table)}
    check = content.get("check", {})
    return replace(
        below,
        id=_text(content, "id", table),
        version=_text(content, "version", table),
        rows=tuple(own.pop(row.path, row) for row in below.rows),
        moved={**below.moved, **_moved(content.get("moved", {}), table)},
        check={**below.check, **(check if isinstance(check, dict) else {})},
    )


def version_of(root: Path) -> str:
    """Give the version that a house's table says; empty where there is no such house."""
    table = root / TABLE
    return str(_parse(table).get("version", "")) if table.is_file() else ""


def _engine_of(root: Path) -> Engine:
    if any((root / name).is_file() for name in ("copier.yml", "copier.yaml")):
        return Engine.COPIER
    if (root / "cookiecutter.json").is_file():
        return Engine.COOKIECUTTER
    raise ScaffoldError(
        "holds neither a copier.yml nor a cookiecutter.json",
        where=str(root),
        remedy="name the folder of a Copier or Cookiecutter template, or a house that ships",
    )


def _same_engine(declared: object, found: Engine, table: Path) -> Engine:
    if declared != found.value:
        raise ScaffoldError(
            f"engine is {declared!r}, but the template beside it is for {found.value}",
            where=str(table),
            remedy=f'write engine = "{found.value}"',
        )
    return found


def _parse(table: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(table.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScaffoldError(
            f"is no TOML: {error}", where=str(table), remedy="mend the line that is named"
        ) from error


def _text(content: Mapping[str, Any], key: str, table: Path, *, row: str = "") -> str:
    value = content.get(key)
    if isinstance(value, str) and value.strip():
        return value
    raise ScaffoldError(
        f"{row}{key} is {value!r}, not a text",
        where=str(table),
        remedy=f'write {key} = "..."',
    )


def _names(entries: object, table: Path) -> dict[str, str]:
    if isinstance(entries, dict) and all(role in ROLES for role in entries.values()):
        return entries
    raise ScaffoldError(
        f"names is {entries!r}",
        where=str(table),
        remedy=f"write [names] with answer = one of {', '.join(ROLES)}",
    )


def _moved(entries: object, table: Path) -> dict[str, str]:
    if isinstance(entries, dict) and all(isinstance(new, str) for new in entries.values()):
        return entries
    raise ScaffoldError(
        f"moved is {entries!r}",
        where=str(table),
        remedy='write [moved] with "old/path" = "new/path"',
    )


def rows_of(content: Mapping[str, Any], table: Path) -> tuple[Row, ...]:
    """Read the rows of a table; the file is for messages."""
    entries = content.get("path", [])
    if not isinstance(entries, list):
        raise ScaffoldError(
            "path is no list of tables", where=str(table), remedy="begin each row with [[path]]"
        )
    rows = [_row(entry, number, table) for number, entry in enumerate(entries, start=1)]
    seen: set[str] = set()
    for row in rows:
        if row.path in seen:
            raise ScaffoldError(
                f"path {row.path!r} has two rows",
                where=str(table),
                remedy="keep one of them",
            )
        seen.add(row.path)
    return tuple(rows)


def _row(entry: Mapping[str, Any], number: int, table: Path) -> Row:
    label = f"row {number}: "
    path = _text(entry, "path", table, row=label)
    label = f"row {path!r}: "
    if unknown := sorted(set(entry) - _KNOWN_KEYS):
        raise ScaffoldError(
            f"{label}unknown key {unknown[0]!r}",
            where=str(table),
            remedy=f"use only {', '.join(sorted(_KNOWN_KEYS))}",
        )
    owner = entry.get("owner")
    if path.endswith("/"):
        owner = None
    elif owner not in set(Owner):
        raise ScaffoldError(
            f"{label}owner is {owner!r}",
            where=str(table),
            remedy="write one of template, both, user",
        )
    return Row(
        path=path,
        purpose=_text(entry, "purpose", table, row=label),
        owner=None if owner is None else Owner(owner),
        practices=_texts(entry, "practices", label, table),
        rules=_texts(entry, "rules", label, table),
        when=str(entry.get("when", "")),
    )


def _texts(entry: Mapping[str, Any], key: str, label: str, table: Path) -> tuple[str, ...]:
    value = entry.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ScaffoldError(
        f"{label}{key} is {value!r}, not a list of texts",
        where=str(table),
        remedy=f'write {key} = ["..."]',
    )
