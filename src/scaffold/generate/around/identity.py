"""Write the weight map of a repository in which everything is still the reference's own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.blueprint import Blueprint

HEAD = """\
# Which part and which weight of the reference (theirs) is which of ours. While a class is
# delegated, both have the same names; when yours has others, `scaffold map` finds what belongs
# together, and proves it. Used in both directions, strictly: a key that is left over is an error.
# {i} stands for every number.
schema = 1
"""
_NUMBER = re.compile(r"(?<![a-zA-Z0-9_])[0-9]+(?![a-zA-Z0-9_])")
_LETTERS = "ijklmnpqrstuvw"


def identity_map(blueprints: Iterable[Blueprint]) -> str:
    """Map every part and every weight of some models to itself, numbers as places."""
    parts: dict[str, None] = {}
    weights: dict[str, None] = {}
    for one in blueprints:
        paths = [path for part in one.parts for path in (part.path, *part.aliases)]
        parts.update(dict.fromkeys(pattern(path) for path in paths if path))
        names = [name for w in one.weights if w.persistent for name in (w.name, *w.aliases)]
        weights.update(dict.fromkeys(map(pattern, names)))
    rows = [_row("part", name) for name in parts] + [_row("weight", name) for name in weights]
    return HEAD + "".join(rows)


def pattern(name: str) -> str:
    """Put a letter for every number of a dotted name."""
    letters = iter(_LETTERS)
    return _NUMBER.sub(lambda _: f"{{{next(letters)}}}", name)


def _row(table: str, name: str) -> str:
    text = json.dumps(name, ensure_ascii=False)
    return f"\n[[{table}]]\ntheirs = {text}\nours = {text}\n"
