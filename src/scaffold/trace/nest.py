"""Take a nested output apart into named tensors, and put it together again from a description.

A loss is judged on outputs that were recorded elsewhere, so the structure around the tensors has
to be written down too. Paths join keys and positions with a dot; a bare tensor has the path `""`.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    return dict(_walk(value, ""))


def outline(value: object) -> Outline:
    """Describe the structure around the tensors, in what JSON can hold."""
    if isinstance(value, Tensor):
        return {"is": "tensor"}
    parts = _parts(value)
    if parts is None:
        plain = value if isinstance(value, bool | int | float | str) else None
        return {"is": "value", "value": plain}
    kind = type(value).__name__ if isinstance(value, tuple | list) else "named"
    kind = "tuple" if isinstance(value, tuple) else kind
    return {"is": kind, "parts": {name: outline(part) for name, part in parts.items()}}


def rebuilt(structure: Outline, tensors: Mapping[str, Tensor], path: str = "") -> Any:  # noqa: ANN401 - whatever the loss takes
    """Put tensors back into the structure that an outline describes."""
    match structure["is"]:
        case "tensor":
            return tensors[path]
        case "value":
            return structure["value"]
        case kind:
            parts = {
                name: rebuilt(part, tensors, _below(path, name))
                for name, part in structure["parts"].items()
            }
            if kind == "named":
                return Named(parts)
            return tuple(parts.values()) if kind == "tuple" else list(parts.values())


def _walk(value: object, path: str) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield path, value
        return
    for name, part in (_parts(value) or {}).items():
        yield from _walk(part, _below(path, name))


def _parts(value: object) -> dict[str, Any] | None:
    """Return the named parts of a container, None for anything else."""
    if isinstance(value, dict):
        return {str(name): part for name, part in value.items()}
    if isinstance(value, tuple | list):
        return {str(place): part for place, part in enumerate(value)}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return None


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
