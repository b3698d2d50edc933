"""Read a value as it is written on a command line."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from scaffold.reference.spec.spec import Plain

_WORDS: dict[str, bool | None] = {"none": None, "true": True, "false": False}
_OPENING = ("(", "[", "{", "'", '"')


def literal(text: str, *, where: str) -> Plain:
    """Read a whole number, a real one, a truth value, none, a tuple or a text.

    Text needs no quotes unless it looks like something else: `act=gelu`, `name='1'`.

    Args:
        text: What stands after `key=`.
        where: What to call it in a message.

    Raises:
        ScaffoldError: It begins like a tuple, a list, a dictionary or a quoted text, and is none.
    """
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    if not text.startswith(_OPENING):
        return text
    try:
        return _checked(ast.literal_eval(text))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ScaffoldError(
            f"cannot read the value {text} ({type(error).__name__})",
            where=where,
            remedy="write a number, true, false, none, text, or a python literal in quotes for the "
            "shell: 'size=(224, 224)'",
        ) from None


def code(value: Plain) -> str:
    """Write a value as python does."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    if isinstance(value, tuple):
        inner = ", ".join(code(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, list):
        return f"[{', '.join(code(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{code(key)}: {code(item)}' for key, item in value.items())}}}"
    return repr(value)


def _checked(value: object) -> Plain:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple):
        return tuple(_checked(item) for item in value)
    if isinstance(value, list):
        return [_checked(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {str(key): _checked(item) for key, item in value.items()}
    raise TypeError(type(value).__name__)
