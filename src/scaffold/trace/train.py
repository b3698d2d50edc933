"""Run a model in training mode, and see what every part draws, gives, and does to its buffers."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from scaffold.trace.alone import copied, given
from scaffold.trace.draws import Draw, Drawn, Injected, Mismatch
from scaffold.trace.forward import Call, watched
from scaffold.trace.replay import default_dtype, without_fused_attention
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    Place = tuple[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """One run in training mode."""

    calls: tuple[Call, ...]
    draws: tuple[Draw, ...] = ()
    drawn: dict[Place, tuple[int, int]] = field(default_factory=dict)
    """By part and call: the number of its first draw, and that of the first after it."""
    buffers: dict[Place, dict[str, Tensor]] = field(default_factory=dict)
    """By part and call: its buffers after the call, by their names in the part."""
    failure: str = ""

    def find(self, part: str, call: int) -> Call | None:
        """Give one call of a part, None when it did not happen."""
        return next((one for one in self.calls if (one.part, one.call) == (part, call)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """One run of one part."""

    outputs: dict[str, object]
    buffers: dict[str, Tensor]
    problem: Mismatch | None
    crossed: tuple[int, ...]
    """The draws in which uniform numbers stood for a mask, or a mask for them."""


def trained(model: nn.Module, inputs: Sequence[Tensor], mode: Drawn | Injected) -> Training:
    """Run a model in training mode, without a gradient; its buffers move.

    Args:
        model: Put into training mode, as the training does.
        inputs: The positional inputs.
        mode: Where random numbers come from.
    """
    model.train()
    failure = ""
    with torch.no_grad(), watched(model) as calls, _counted(model, mode) as (drawn, buffers):
        try:
            with mode:
                model(*inputs)
        except Exception as error:  # noqa: BLE001 - whatever the model raises is a finding
            failure = f"{type(error).__name__}: {error}".splitlines()[0]
    return Training(
        calls=tuple(sorted(calls, key=lambda call: call.order)),
        draws=tuple(mode.draws) if isinstance(mode, Drawn) else (),
        drawn=drawn,
        buffers=buffers,
        failure=failure,
    )


def trained_alone(
    part: nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    draws: Sequence[Draw],
    *,
    buffers: Mapping[str, Tensor],
    high: Collection[int] = (),
    dtype: torch.dtype | None = None,
    turn: int = 0,
) -> Ran:
    """Run one part in training mode, on given inputs, buffers and random numbers.

    Args:
        part: In training mode; left as it is.
        args: Positional arguments.
        kwargs: Keyword arguments.
        draws: What it is to draw.
        buffers: What its buffers hold before, by their names in the part.
        high: The draws in which large uniform numbers keep, see `draws.Injected`.
        dtype: The precision to compute in; None leaves everything as it is.
        turn: When not 0, everything is moved by one unit round-off.
    """
    spent = copied(part, dtype=dtype, turn=turn, buffers=buffers)
    mode = Injected(draws, high=high)
    positions = given(tuple(args), dtype=dtype, turn=turn)
    keywords = given(dict(kwargs), dtype=dtype, turn=turn)
    with (
        torch.no_grad(),
        without_fused_attention(),
        default_dtype(dtype or torch.get_default_dtype()),
        mode,
    ):
        outputs = all_leaves(spent(*positions, **keywords))
    return Ran(
        outputs=outputs,
        buffers=dict(spent.named_buffers()),
        problem=mode.problem,
        crossed=tuple(mode.crossed),
    )


@contextmanager
def _counted(
    model: nn.Module, mode: Drawn | Injected
) -> Iterator[tuple[dict[Place, tuple[int, int]], dict[Place, dict[str, Tensor]]]]:
    """Note at every call the draws that were made during it, and the buffers after it."""
    drawn: dict[Place, tuple[int, int]] = {}
    buffers: dict[Place, dict[str, Tensor]] = {}
    begun: dict[str, list[int]] = {}
    counts: dict[str, int] = {}

    def number() -> int:
        return len(mode.draws) if isinstance(mode, Drawn) else mode.count

    def hooks_of(part: str) -> tuple[Any, Any]:
        def before(_module: nn.Module, _args: object) -> None:
            begun.setdefault(part, []).append(number())

        def after(module: nn.Module, _args: object, _output: object) -> None:
            place = (part, counts.get(part, 0))
            counts[part] = place[1] + 1
            drawn[place] = (begun[part].pop(), number())
            buffers[place] = {name: value.clone() for name, value in module.named_buffers()}

        return before, after

    hooks = []
    for part, module in model.named_modules():
        before, after = hooks_of(part)
        hooks += [module.register_forward_pre_hook(before), module.register_forward_hook(after)]
    try:
        yield drawn, buffers
    finally:
        for hook in hooks:
            hook.remove()
