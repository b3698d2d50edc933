"""Describe what went in and out, leaf by leaf, and number the tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from scaffold.core.blueprint import Leaf
from scaffold.reference.blueprint.values import name_of
from scaffold.reference.spec.literal import code
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH = 60


class Numbers:
    """Gives every tensor of a run a number; copies that the recorder shares are one tensor."""

    def __init__(self) -> None:
        self._of: dict[int, int] = {}
        self._kept: list[Tensor] = []

    def of(self, tensor: Tensor) -> int:
        """Give the number of a tensor, a new one at first sight."""
        if id(tensor) not in self._of:
            self._of[id(tensor)] = len(self._kept)
            self._kept.append(tensor)
        return self._of[id(tensor)]


def leaves_of(value: Any, numbers: Numbers | None = None) -> tuple[Leaf, ...]:  # noqa: ANN401 - nested
    """Describe every leaf of a nested value."""
    return described(all_leaves(value), numbers)


def described(leaves: Mapping[str, object], numbers: Numbers | None = None) -> tuple[Leaf, ...]:
    """Describe leaves by their paths."""
    return tuple(_leaf(path, leaf, numbers) for path, leaf in leaves.items())


def _leaf(path: str, leaf: object, numbers: Numbers | None) -> Leaf:
    if isinstance(leaf, Tensor):
        return Leaf(
            path=path,
            shape=tuple(leaf.shape),
            dtype=str(leaf.dtype).removeprefix("torch."),
            tensor=None if numbers is None else numbers.of(leaf),
        )
    plain = leaf is None or isinstance(leaf, bool | int | float | str)
    text = code(leaf)[:_WIDTH] if plain else ""  # type: ignore[arg-type] # plain
    return Leaf(path=path, dtype=type(leaf).__name__, text=text)


def kind_of(value: object) -> str:
    """Name the container of an output: a tensor, a tuple, a list, a dict, or a class."""
    if isinstance(value, Tensor):
        return "tensor"
    for kind in (tuple, list, dict):
        if type(value) is kind:
            return kind.__name__
    return name_of(type(value))
