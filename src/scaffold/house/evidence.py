"""Remember which classes a comparison proved, and notice when their code has changed since.

The evidence lies in `build/`, which is not committed: whoever has none compares once.
"""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.core.comparison import Rung
from scaffold.core.paths import within
from scaffold.house.parts import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.comparison import Comparison
    from scaffold.house.parts import PartClassRow, PartTable

EVIDENCE = PurePosixPath("build", "evidence", "parts.json")
SCHEMA = 1
_PART_RUNGS = (Rung.BACKWARD, Rung.TRAIN)


class Standing(StrEnum):
    """How far a class is, on the evidence of the last comparison."""

    DELEGATED = "delegated"
    TAKEN = "taken"
    WRITTEN = "written"
    """Put in, and not compared since its code is what it is."""
    DIVERGES = "diverges"
    """The last comparison found a difference in it."""
    PROVED = "proved"
    """At every place of the twin it computes what the reference's class computed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stand:
    """One class and how far it is."""

    row: PartClassRow
    standing: Standing
    why: str = ""


def evidence_of(table: PartTable, comparison: Comparison) -> dict[str, Any]:
    """Give what a comparison says of every written class, as JSON can hold it."""
    judged = [(row.part, row.agrees) for row in comparison.parts]
    judged += [
        (row.item, row.judgement.verdict.agrees)
        for row in comparison.rungs
        if row.rung in _PART_RUNGS
    ]
    classes: dict[str, Any] = {}
    for row in table.written:
        found = [
            (name, agrees)
            for place in row.places
            for name, agrees in judged
            if _inside(name, place)
        ]
        wrong = [name for name, agrees in found if not agrees]
        classes[row.ours] = {
            "code": fingerprint(table, row),
            "proved": bool(found) and not wrong,
            "first": wrong[0] if wrong else "",
        }
    return {"schema": SCHEMA, "classes": classes}


def stands(table: PartTable) -> tuple[Stand, ...]:
    """Say how far every class is; evidence older than the code it speaks of does not count."""
    known = _read(table.path.parent / EVIDENCE)
    return tuple(_stand(table, row, known.get(row.ours, {})) for row in table.rows)


def fingerprint(table: PartTable, row: PartClassRow) -> str:
    """Hash the code of a class: its module and every module of ours that this one imports."""
    root = table.path.parent
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(_reached(module_file(table, row), set())):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def module_file(table: PartTable, row: PartClassRow) -> Path:
    """Give the file in which a class of ours lies, or would lie."""
    source = table.path.parent / "src"
    found = sorted(source.glob("*/models"))
    folder = found[0] if found else source / "models"
    return folder.joinpath(*row.module.split(".")).with_suffix(".py")


def _stand(table: PartTable, row: PartClassRow, known: dict[str, Any]) -> Stand:
    if row.status is not Status.WRITTEN:
        return Stand(row=row, standing=Standing(row.status.value))
    if not known:
        return Stand(row=row, standing=Standing.WRITTEN, why="not compared yet")
    if known.get("code") != fingerprint(table, row):
        return Stand(row=row, standing=Standing.WRITTEN, why="its code is newer than the evidence")
    if known.get("proved"):
        return Stand(row=row, standing=Standing.PROVED)
    return Stand(row=row, standing=Standing.DIVERGES, why=f"at {known.get('first') or '?'}")


def _read(path: Path) -> dict[str, Any]:
    """Read evidence; what cannot be read is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return dict(content["classes"]) if content["schema"] == SCHEMA else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _inside(name: str, place: str) -> bool:
    return place == "" or within(name, place)


def _reached(file: Path, seen: set[Path]) -> set[Path]:
    """Give a module with those of its own folder that it imports, directly or not."""
    if file in seen or not file.is_file():
        return seen
    seen.add(file)
    for name in _imported(file):
        _reached(file.parent.joinpath(*name.split(".")).with_suffix(".py"), seen)
    return seen


def _imported(file: Path) -> Iterable[str]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            yield from [node.module] if node.module else [one.name for one in node.names]
