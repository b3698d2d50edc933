"""Fill what a search left open by shape and order, so that the two models can be compared at all.

A guess is never written as a rule that holds. It serves to name the true difference: the first
divergence of two models needs weights in both.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from scaffold.parity.mapping.covers import covers
from scaffold.parity.mapping.options import Option, options
from scaffold.parity.mapping.recorded import aligned
from scaffold.parity.mapping.watch import Stage, Watch, copied
from scaffold.trace.swap import all_leaves, swapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.parity.goldens import TheirCall
    from scaffold.parity.mapping.desk import Desk
    from scaffold.parity.mapping.units import Unit

FEW, NEAR = 8, 16


def guess(desk: Desk, stage: Stage) -> None:
    """Give every open unit some source, the likeliest first; what fits nowhere stays open."""

    def before(part: str, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        units = desk.open_units(part)
        if units and all(unit.part == part for unit in units):
            cover = _consistent(desk, stage, module, (copied(args), copied(kwargs)), units)
            if cover:
                desk.settle(cover)

    with suppress(Exception):  # wrong weights may raise anything; the rest is guessed too
        stage.run(desk.model, desk.theirs.inputs, {}, Watch(before=before, wanted=frozenset({-1})))
    for unit in desk.open_units():
        found = options([unit], desk.free(), desk.heads)[unit]
        chosen = next((option for option in found if desk.load([option])), None)
        if chosen is not None:
            desk.settle([chosen])


def _consistent(
    desk: Desk,
    stage: Stage,
    module: nn.Module,
    given: tuple[tuple[Any, ...], dict[str, Any]],
    units: Sequence[Unit],
) -> tuple[Option, ...] | None:
    """Give the next part of theirs whose output ours gives when it gets that part's input."""
    free = desk.free()
    calls = {call.part: call for call in reversed(desk.theirs.calls)}
    for part in islice((p for p in dict.fromkeys(u.part for u in free) if p in calls), NEAR):
        theirs = [unit for unit in free if unit.part == part]
        inputs = _with_input(desk, calls[part], given)
        if inputs is None:
            continue
        for cover in islice(covers(units, options(units, theirs, desk.heads)), FEW):
            if desk.load(cover) and _gives(desk, stage, module, inputs, calls[part]):
                return cover
    return None


def _with_input(
    desk: Desk, call: TheirCall, given: tuple[tuple[Any, ...], dict[str, Any]]
) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    """Put the first recorded input of a call where ours had its first tensor of that size."""
    if not call.inputs:
        return None
    recorded = desk.theirs.tensor(call.inputs[0].hash)
    left = iter([recorded])

    def put(_: str, leaf: object) -> object:
        if isinstance(leaf, Tensor) and leaf.dtype == recorded.dtype:
            value = next(left, None)
            if value is not None:
                return value.reshape(leaf.shape) if value.numel() == leaf.numel() else value
        return leaf

    changed = swapped(given, put)
    return changed if next(left, None) is None else None


def _gives(
    desk: Desk,
    stage: Stage,
    module: nn.Module,
    inputs: tuple[tuple[Any, ...], dict[str, Any]],
    call: TheirCall,
) -> bool:
    try:
        output = stage.run(module, *inputs, Watch(wanted=frozenset({-1})))
    except Exception:  # noqa: BLE001 - weights that do not fit may raise anything
        return False
    wanted = [desk.theirs.tensor(entry.hash) for entry in call.outputs[:1]]
    leaves: Iterator[Tensor] = (v for v in all_leaves(output).values() if isinstance(v, Tensor))
    return any(aligned(a, b.detach()) is not None for a in wanted for b in leaves)
