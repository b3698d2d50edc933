"""Describe the structure around the tensors of an output, and put other tensors into it.

A loss is judged on outputs that were recorded elsewhere, so the structure has to be written down
too. Paths are those of `scaffold.trace.swap`: joined with dots, `""` for a bare tensor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from torch import Tensor

from scaffold.trace.swap import all_leaves

Outline = dict[str, Any]


class Named(dict[str, Any]):
    """A rebuilt mapping or dataclass: its entries are reached by key and by attribute."""

    def __getattr__(self, name: str) -> object:
        """Return the entry of that name."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def leaves(value: object) -> dict[str, Tensor]:
    """Return every tensor of a nested output by its path, in order."""
    return {path: leaf for path, leaf in all_leaves(value).items() if isinstance(leaf, Tensor)}


def outline(value: object) -> Outline:
    """Describe the structure around the tensors, in what JSON can hold."""
    if isinstance(value, Tensor):
        return {"is": "tensor"}
    if isinstance(value, tuple | list):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {"is": kind, "parts": {str(i): outline(part) for i, part in enumerate(value)}}
    named = _named(value)
    if named is not None:
        return {"is": "named", "parts": {name: outline(part) for name, part in named.items()}}
    plain = value if isinstance(value, bool | int | float | str) else None
    return {"is": "value", "value": plain}


def rebuilt(structure: Outline, tensors: Mapping[str, Tensor], path: str = "") -> Any:  # noqa: ANN401 - whatever the loss takes
    """Put tensors back into the structure that an outline describes."""
    match structure["is"]:
        case "tensor":
            return tensors[path]
        case "value":
            return structure["value"]
        case kind:
            parts = {
                name: rebuilt(part, tensors, f"{path}.{name}" if path else name)
                for name, part in structure["parts"].items()
            }
            if kind == "named":
                return Named(parts)
            return tuple(parts.values()) if kind == "tuple" else list(parts.values())


def _named(value: object) -> dict[str, Any] | None:
    if isinstance(value, Mapping):
        return {str(name): part for name, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return None
