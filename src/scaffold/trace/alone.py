"""Take a part out of its model: a copy in the precision and the mode that is asked for.

What a part does to its own buffers, and what flows back through it, cannot be seen on a run that
leaves the part as it is. So the part is copied, and the copy is spent.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from scaffold.trace.reload import forget
from scaffold.trace.streams import nudged
from scaffold.trace.swap import cast_leaf, swapped

if TYPE_CHECKING:
    from collections.abc import Mapping


def copied(
    part: nn.Module,
    *,
    dtype: torch.dtype | None = None,
    turn: int = 0,
    buffers: Mapping[str, Tensor] | None = None,
) -> nn.Module:
    """Copy a part: parameters, buffers, and tensors that are plain attributes.

    Args:
        part: Left as it is; its mode is kept.
        dtype: The precision of every floating tensor of the copy; None keeps it.
        turn: When not 0, weights are moved by one unit round-off, see `streams.nudged`.
        buffers: What some buffers hold, by their name in the part.
    """
    spent = copy.deepcopy(part, _computed(part))
    forget(spent)
    with torch.no_grad():
        for name, value in (buffers or {}).items():
            spent.get_buffer(name).copy_(value)
        if turn:
            for name, value in (*spent.named_parameters(), *spent.named_buffers()):
                value.copy_(nudged(value, turn, name))
    if dtype is not None:
        spent.to(dtype)
        for module in spent.modules():
            for name, value in vars(module).items():
                if isinstance(value, Tensor) and value.is_floating_point():
                    setattr(module, name, cast_leaf(value, dtype))
    for value in spent.parameters():
        value.grad = None
    return spent


def _computed(part: nn.Module) -> dict[int, Any]:
    """Give copies of what a part keeps that came out of other tensors: torch copies only leaves."""
    found: dict[int, Any] = {}
    for module in part.modules():
        for value in vars(module).values():
            held = value.values() if type(value) is dict else (value,)
            for one in held:
                if isinstance(one, Tensor) and not one.is_leaf:
                    found[id(one)] = one.detach().clone()
    return found


def given(value: Any, *, dtype: torch.dtype | None, turn: int = 0) -> Any:  # noqa: ANN401 - of the type of `value`
    """Copy what a part is called with, in that precision, moved like the weights."""

    def leaf(path: str, one: object) -> object:
        if not isinstance(one, Tensor):
            return one
        own = nudged(one.detach(), turn, path) if turn else one.detach()
        return (own if dtype is None else cast_leaf(own, dtype)).clone()

    return swapped(value, leaf)
