"""Name our classes after theirs: one module a class, no two alike, none that shadows another."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.blueprint import PartClass

TAKEN = frozenset({"network", "torch", "nn", "scaffold"})
"""Modules that are there already, or that a skeleton imports."""
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def named(classes: Iterable[PartClass]) -> dict[str, tuple[str, str]]:
    """Give module and class of ours for each class of theirs, by `module:qualname`.

    Two classes of one name are told apart by the module that theirs lie in, then by a number.
    """
    found: dict[str, tuple[str, str]] = {}
    taken = set(TAKEN)
    for kind in classes:
        for name in _proposals(kind):
            module = snake(name)
            if module not in taken:
                taken.add(module)
                found[kind.kind] = (module, name)
                break
    return found


def _proposals(kind: PartClass) -> Iterable[str]:
    plain = re.sub(r"\W", "", kind.qualname.rpartition(".")[2]) or "Part"
    if not plain[0].isalpha():
        plain = plain.lstrip("_0123456789") or "Part"
    plain = plain[0].upper() + plain[1:]
    yield plain
    home = "".join(word.capitalize() for word in kind.module.rpartition(".")[2].split("_") if word)
    yield f"{home}{plain}"
    number = 2
    while True:
        yield f"{plain}{number}"
        number += 1


def snake(name: str) -> str:
    """Write `LayerNorm2d` as `layer_norm2d`, and let no word of Python be a module."""
    found = _WORD.sub("_", name).lower()
    return f"{found}_" if keyword.iskeyword(found) else found
