"""Read `weights.map.toml` into rules, and say what is wrong with it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.parity.operators import Operator, operator
from scaffold.parity.pattern import places

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class PartRule:
    """A part of theirs and the part of ours that stands for it."""

    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class WeightRule:
    """Tensors of theirs, the tensors of ours that they become, and how."""

    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    steps: tuple[Operator, ...]

    def __str__(self) -> str:
        return f"{' + '.join(self.theirs)} -> {' + '.join(self.ours)}"


@dataclass(frozen=True, slots=True)
class Excuse:
    """A part, or a key of a state dict, that has no counterpart for a reason."""

    theirs: str
    ours: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a map file says."""

    parts: tuple[PartRule, ...]
    weights: tuple[WeightRule, ...]
    excused: tuple[Excuse, ...]
    dropped: tuple[Excuse, ...]


def read(path: Path) -> Rules:
    """Read a map file.

    Raises:
        ScaffoldError: It is missing, is no TOML, or has a row that cannot be understood.
    """
    return parse(_text(path), where=str(path))


def parse(text: str, *, where: str) -> Rules:
    """Read the text of a map file; `where` names it in errors."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScaffoldError(
            f"is no TOML ({error})", where=where, remedy="mend the line it names"
        ) from error
    if raw.get("schema") != SCHEMA:
        raise ScaffoldError(
            f"has schema {raw.get('schema')!r}, and this version reads {SCHEMA}",
            where=where,
            remedy=f"begin the file with `schema = {SCHEMA}`, or install a newer refscaffold",
        )
    unknown = raw.keys() - {"schema", "part", "weight", "excused", "dropped"}
    if unknown:
        raise ScaffoldError(
            f"has tables nobody reads: {', '.join(sorted(unknown))}",
            where=where,
            remedy="use [[part]], [[weight]], [[excused]] and [[dropped]]",
        )
    return Rules(
        parts=tuple(_each(raw, "part", _part, where)),
        weights=tuple(_each(raw, "weight", _weight, where)),
        excused=tuple(_each(raw, "excused", _excuse, where)),
        dropped=tuple(_each(raw, "dropped", _excuse, where)),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ScaffoldError(
            "there is no weight map",
            where=str(path),
            remedy="write it: one [[part]] and one [[weight]] row for each pair of names",
        ) from None


def _each(raw: dict[str, Any], table: str, row_of: Any, where: str) -> list[Any]:  # noqa: ANN401
    rows = []
    for number, row in enumerate(raw.get(table, []), start=1):
        try:
            rows.append(row_of(row))
        except (KeyError, TypeError, ValueError) as error:
            reason = f"lacks {error}" if isinstance(error, KeyError) else str(error)
            raise ScaffoldError(
                f"row {number} of [[{table}]]: {reason}",
                where=where,
                remedy="compare it with the rows around it",
            ) from error
    return rows


def _part(row: dict[str, Any]) -> PartRule:
    _same_places([row["theirs"], row["ours"]])
    return PartRule(row["theirs"], row["ours"])


def _weight(row: dict[str, Any]) -> WeightRule:
    theirs, ours = _names(row["theirs"]), _names(row["ours"])
    _same_places([*theirs, *ours])
    steps = tuple(
        operator(step, theirs=len(theirs), ours=len(ours)) for step in row.get("transform", [])
    )
    if len(theirs) > 1 and len(ours) > 1:
        raise ValueError("maps several tensors to several; write one row for each")
    if len(theirs) != len(ours) and not steps:
        raise ValueError("has another number of tensors on each side, and no split or merge")
    return WeightRule(theirs, ours, steps)


def _excuse(row: dict[str, Any]) -> Excuse:
    if ("theirs" in row) == ("ours" in row):
        raise ValueError("names either `theirs` or `ours`")
    if not row["reason"].strip():
        raise ValueError("has an empty reason")
    return Excuse(row.get("theirs", ""), row.get("ours", ""), row["reason"])


def _names(value: str | list[str]) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else tuple(value)
    if not names:
        raise ValueError("names no tensor; a key without counterpart belongs into [[dropped]]")
    return names


def _same_places(names: list[str]) -> None:
    if len({places(name) for name in names}) > 1:
        raise ValueError(f"the names {names} have different numbered places")
