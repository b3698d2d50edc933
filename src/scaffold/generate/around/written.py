"""Write values in the languages of a repository: Python, TOML, YAML."""

from __future__ import annotations

import ast
import json
import math
from typing import Any

from scaffold.core.blueprint import Value, ValueKind

WIDTH = 100
"""Of a line of Python in a generated repository."""
DEEPEST = 4
"""Names that stand further to the right are written in one line."""


def plain(value: Value) -> Any:  # noqa: ANN401 - whatever a literal is
    """Give what a literal spells.

    Raises:
        ValueError: It is no literal.
    """
    if not value.literal:
        raise ValueError(value.text)
    match value.kind:
        case ValueKind.FLOAT:
            return float(value.text)
        case ValueKind.TUPLE | ValueKind.LIST:
            return [plain(item) for item in value.items]
        case ValueKind.DICT:
            return {name: plain(item) for name, item in zip(value.names, value.items, strict=True)}
        case _:
            return ast.literal_eval(value.text)


def as_python(value: Any) -> str:  # noqa: ANN401 - a literal
    """Write a value in Python, with double quotes as formatters want them."""
    match value:
        case str():
            return repr(value) if '"' in value else f'"{repr(value)[1:-1]}"'
        case dict():
            pairs = (f"{as_python(key)}: {as_python(item)}" for key, item in value.items())
            return f"{{{', '.join(pairs)}}}"
        case list():
            return f"[{', '.join(map(as_python, value))}]"
        case tuple():
            inner = ", ".join(map(as_python, value))
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case _:
            return repr(value)


def assigned(name: str, value: Any) -> str:  # noqa: ANN401 - a literal
    """Write `name = value` as formatters want it: in one line, or an item a line if it is long."""
    return _fitted(f"{name} = ", value, "", indent=0)


def _fitted(before: str, value: Any, after: str, *, indent: int) -> str:  # noqa: ANN401 - a literal
    line = f"{' ' * indent}{before}{as_python(value)}{after}"
    if len(line) <= WIDTH or not value or not isinstance(value, dict | list | tuple):
        return line
    pairs = value.items() if isinstance(value, dict) else (("", item) for item in value)
    opening, closing = "{}" if isinstance(value, dict) else "[]" if type(value) is list else "()"
    inner = [
        _fitted(
            f"{as_python(key)}: " if isinstance(value, dict) else "", item, ",", indent=indent + 4
        )
        for key, item in pairs
    ]
    pad = " " * indent
    return "\n".join((f"{pad}{before}{opening}", *inner, f"{pad}{closing}{after}"))


def as_toml(value: Any) -> str:  # noqa: ANN401 - a text, a number, or a list of these
    """Write a value of a TOML file; text is written as JSON writes it, which TOML reads."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def as_yaml(value: Any) -> str:  # noqa: ANN401 - what JSON knows
    """Write a value in one line of YAML; numbers stay numbers for every reader of YAML."""
    match value:
        case bool() | None:
            return json.dumps(value)
        case float():
            return _float(value)
        case list() | tuple():
            return f"[{', '.join(map(as_yaml, value))}]"
        case dict():
            pairs = (f"{as_yaml(str(key))}: {as_yaml(item)}" for key, item in value.items())
            return f"{{{', '.join(pairs)}}}"
        case str():
            return json.dumps(value.replace("${", "\\${"), ensure_ascii=False)
        case _:
            return json.dumps(value)


def yaml_block(values: dict[str, Any], indent: int = 0) -> str:
    """Write names and values one a line, ready to stand after a key."""
    if not values:
        return " {}"
    pad = " " * indent
    return "".join(
        f"\n{pad}{name}:{yaml_block(value, indent + 2)}"
        if isinstance(value, dict) and indent < DEEPEST
        else f"\n{pad}{name}: {as_yaml(value)}"
        for name, value in values.items()
    )


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    mantissa, exponent, power = repr(value).partition("e")
    if exponent and "." not in mantissa:
        mantissa += ".0"
    return f"{mantissa}{exponent}{power}"
