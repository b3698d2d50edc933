"""Turn what a spec says into the values of a blueprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.blueprint import Value, ValueKind
from scaffold.reference.spec.literal import code

if TYPE_CHECKING:
    from scaffold.reference.spec.spec import Plain


def value_of_plain(value: Plain) -> Value:
    """Give a plain value as a blueprint holds it; a truth value is no number."""
    text = code(value)
    match value:
        case None:
            kind = ValueKind.NONE
        case bool():
            kind = ValueKind.BOOL
        case int():
            kind = ValueKind.INT
        case float():
            kind = ValueKind.FLOAT
        case str():
            kind = ValueKind.STRING
        case dict():
            return Value(
                kind=ValueKind.DICT,
                text=text,
                names=tuple(value),
                items=tuple(value_of_plain(item) for item in value.values()),
            )
        case _:
            kind = ValueKind.TUPLE if isinstance(value, tuple) else ValueKind.LIST
            return Value(kind=kind, text=text, items=tuple(value_of_plain(one) for one in value))
    return Value(kind=kind, text=text)
