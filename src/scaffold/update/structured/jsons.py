"""Merge JSON by its keys, where the file is written as a program writes it."""

from __future__ import annotations

import json

from scaffold.update.structured.values import UnclearError, merged_tables


def merge(base: str, ours: str, theirs: str) -> str | None:
    """Merge; None where ours has a form of its own or both sides changed one value."""
    try:
        sides = [json.loads(text) for text in (base, ours, theirs)]
    except (ValueError, RecursionError):
        return None
    form = _form(ours, sides[1])
    if form is None or not all(isinstance(side, dict) for side in sides):
        return None
    try:
        merged = merged_tables(*sides)
    except UnclearError:
        return None
    indent, ascii_only, end = form
    return json.dumps(merged, indent=indent, ensure_ascii=ascii_only) + end


def _form(text: str, content: object) -> tuple[int | None, bool, str] | None:
    """Find how a text was written, so that it is written in the same way again."""
    for indent in (2, 4, 1, None):
        for ascii_only in (False, True):
            for end in ("\n", ""):
                if json.dumps(content, indent=indent, ensure_ascii=ascii_only) + end == text:
                    return indent, ascii_only, end
    return None
