"""Rebuild a nested value with other leaves in place of its own, keeping every type."""

from __future__ import annotations

import copy
from collections.abc import MutableMapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable


def swapped(value: object, change: Callable[[str, object], object], path: str = "") -> Any:  # noqa: ANN401 - of the type of `value`
    """Give `value` with every leaf replaced by `change(path, leaf)`.

    Tuples, lists, mappings, dataclasses and their subclasses are containers, and so are nested
    tensors; all else is a leaf.
    """

    def below(name: object, part: object) -> Any:  # noqa: ANN401 - of the type of `part`
        return swapped(part, change, f"{path}.{name}" if path else str(name))

    fresh: Any
    if isinstance(value, MutableMapping):
        fresh = copy.copy(value)
        for name, part in value.items():
            fresh[name] = below(name, part)
        return fresh
    if isinstance(value, list | tuple):
        parts = [below(place, part) for place, part in enumerate(value)]
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*parts)
        return type(value)(parts)
    if is_dataclass(value) and not isinstance(value, type):
        fresh = copy.copy(value)
        for field in fields(value):
            object.__setattr__(fresh, field.name, below(field.name, getattr(value, field.name)))
        return fresh
    if isinstance(value, Tensor) and value.is_nested:
        inner = [below(place, part) for place, part in enumerate(value.unbind())]
        if all(isinstance(part, Tensor) for part in inner):
            return torch.nested.as_nested_tensor(inner, layout=value.layout)
        return inner
    return change(path, value)


def all_leaves(value: object) -> dict[str, object]:
    """Give every leaf by its path, tensors and others, in order."""
    found: dict[str, object] = {}

    def keep(path: str, leaf: object) -> object:
        found[path] = leaf
        return leaf

    swapped(value, keep)
    return found


def frozen(value: object) -> Any:  # noqa: ANN401 - of the type of `value`
    """Give a copy whose tensors nobody else holds: later in-place operations do not reach it."""
    return swapped(
        value, lambda _, leaf: leaf.detach().clone() if isinstance(leaf, Tensor) else leaf
    )


def cast_to(value: object, dtype: torch.dtype) -> Any:  # noqa: ANN401 - of the type of `value`
    """Give a copy whose floating tensors have that dtype."""
    return swapped(value, lambda _, leaf: cast_leaf(leaf, dtype))


def cast_leaf(leaf: Any, dtype: torch.dtype) -> Any:  # noqa: ANN401 - a tensor stays one
    """Give a floating or complex tensor in that precision, and anything else as it is."""
    if not isinstance(leaf, Tensor):
        return leaf
    if leaf.is_complex():
        return leaf.detach().to(dtype.to_complex())
    if leaf.is_floating_point():
        return leaf.detach().to(dtype)
    return leaf.detach()
