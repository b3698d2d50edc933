"""List parameters and buffers with their owners, and what two builds do not have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from scaffold.core.blueprint import Weight

if TYPE_CHECKING:
    from collections.abc import Iterator


def weights_of(model: nn.Module) -> tuple[Weight, ...]:
    """Give every parameter and buffer once, under the first of its names."""
    names: dict[int, list[tuple[str, str, Tensor, nn.Module]]] = {}
    for name, part, tensor, owner in _places(model):
        names.setdefault(id(tensor), []).append((name, part, tensor, owner))
    return tuple(_weight(places) for places in names.values())


def _places(model: nn.Module) -> Iterator[tuple[str, str, Tensor, nn.Module]]:
    for part, module in model.named_modules(remove_duplicate=False):
        own = {**module._parameters, **module._buffers}  # noqa: SLF001 - the public ones merge names
        for name, tensor in own.items():
            if tensor is not None:
                yield f"{part}.{name}" if part else name, part, tensor, module


def _weight(places: list[tuple[str, str, Tensor, nn.Module]]) -> Weight:
    name, part, tensor, owner = places[0]
    last = name.rpartition(".")[2]
    buffer = not isinstance(tensor, nn.Parameter)
    return Weight(
        name=name,
        shape=_shape(tensor),
        dtype=str(tensor.dtype).removeprefix("torch."),
        part=part,
        buffer=buffer,
        persistent=not buffer or last not in owner._non_persistent_buffers_set,  # noqa: SLF001 - torch has no public question
        trainable=bool(tensor.requires_grad),
        aliases=tuple(place[0] for place in places[1:]),
    )


def _shape(tensor: Tensor) -> tuple[int, ...]:
    """Give the shape; that of a lazy parameter is not known before its first call."""
    return () if is_lazy(tensor) else tuple(tensor.shape)


def _size(tensor: Tensor) -> int:
    return 0 if is_lazy(tensor) else tensor.numel()


def sizes_of(model: nn.Module) -> tuple[int, int]:
    """Give how many numbers are in all parameters, and in those that are trained."""
    sizes = [(_size(one), one.requires_grad) for one in model.parameters()]
    return sum(size for size, _ in sizes), sum(size for size, trained in sizes if trained)


def count_of(part: nn.Module) -> int:
    """Give how many numbers are in the parameters of a part, each counted once."""
    return sum(_size(one) for one in part.parameters())


def differing(one: nn.Module, two: nn.Module) -> tuple[str, ...]:
    """Give the weights that differ between two builds, by name, value or shape."""
    left, right = (dict(_named(model)) for model in (one, two))
    return tuple(
        name
        for name in dict.fromkeys([*left, *right])
        if name not in left or name not in right or not _equal(left[name], right[name])
    )


def _named(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from model.named_parameters()
    yield from model.named_buffers()


def _equal(one: Tensor, two: Tensor) -> bool:
    if is_lazy(one) or is_lazy(two):
        return is_lazy(one) and is_lazy(two)
    if one.shape != two.shape:
        return False
    # What was never filled (`torch.empty`) holds whatever lay there, NaN among it.
    return bool(torch.equal(one, two)) or bool(
        one.is_floating_point() and torch.equal(one.nan_to_num(), two.nan_to_num())
    )
