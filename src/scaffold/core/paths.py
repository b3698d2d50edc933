"""Say how the paths of parts lie in each other: `blocks.1.attn` lies in `blocks.1`."""

from __future__ import annotations


def within(part: str, around: str) -> bool:
    """Whether a part is another, or lies in it; everything lies in the model, which is `""`."""
    return not around or part == around or part.startswith(f"{around}.")
