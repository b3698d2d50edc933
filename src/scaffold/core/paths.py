"""Say how the paths of parts lie in each other: `blocks.1.attn` lies in `blocks.1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container


def within(part: str, around: str) -> bool:
    """Whether a part is another, or lies in it; everything lies in the model, which is `""`."""
    return not around or part == around or part.startswith(f"{around}.")


def around(part: str, known: Container[str]) -> str:
    """Give the innermost of some parts that a part is or lies in; `""`, the model, if none is."""
    while part and part not in known:
        part = part.rpartition(".")[0]
    return part
