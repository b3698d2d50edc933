"""Run a model on its example batch, and see what each part takes and gives."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from scaffold.core.blueprint import Determinism, ModeEffect, Modes
from scaffold.reference.blueprint.effects import changed_buffers, effects
from scaffold.reference.blueprint.flops import counted
from scaffold.reference.blueprint.glue import followed
from scaffold.reference.blueprint.leaves import leaves_of
from scaffold.reference.spec.build import seeded
from scaffold.trace.forward import watched
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.core.blueprint import End
    from scaffold.reference.blueprint.glue import Marks
    from scaffold.reference.blueprint.inputs import Batch
    from scaffold.trace.forward import Call

_OTHER_SEED = 7919
"""Added to the seed of a second run: what it gives must not depend on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What the runs of a model in evaluation mode have shown."""

    calls: tuple[Call, ...]
    output: Any
    made: dict[End, Marks]
    flops: dict[str, int]
    """By part, all calls together; the model itself is `""`."""
    equal: bool
    """Whether a second run under other random numbers gave the same."""
    restless: tuple[str, ...]
    """The parts that gave something else in it, though they took the same."""


def run_in_evaluation(model: nn.Module, batch: Batch, *, seed: int) -> Seen:
    """Run a model twice in evaluation mode, under two seeds."""
    model.eval()
    with seeded(seed), torch.no_grad(), watched(model) as first:
        output = model(*batch.args, **batch.kwargs)
    with (
        seeded(seed + _OTHER_SEED),
        torch.no_grad(),
        watched(model) as second,
        followed(model) as made,
        counted(model) as flops,
    ):
        again = model(*batch.args, **batch.kwargs)
    calls = tuple(sorted(first, key=lambda call: call.order))
    return Seen(
        calls=calls,
        output=output,
        made=made,
        flops=flops,
        equal=same(output, again),
        restless=_restless(calls, tuple(sorted(second, key=lambda call: call.order))),
    )


def _restless(first: tuple[Call, ...], second: tuple[Call, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    others = {(call.part, call.call): call for call in second}
    for call in first:
        other = others.get((call.part, call.call))
        took_the_same = other is not None and same(call.inputs, other.inputs)
        if other is not None and took_the_same and not same(call.output, other.output):
            found[call.part] = None
    return tuple(found)


def same(one: Any, two: Any) -> bool:  # noqa: ANN401 - nested
    """Whether two nested values have equal tensors at equal paths, NaN equal to NaN."""
    left, right = all_leaves(one), all_leaves(two)
    return left.keys() == right.keys() and all(
        _equal(leaf, right[path]) for path, leaf in left.items()
    )


def _equal(one: object, two: object) -> bool:
    if not isinstance(one, Tensor) or not isinstance(two, Tensor):
        return isinstance(one, Tensor) == isinstance(two, Tensor)
    if one.shape != two.shape or one.dtype != two.dtype:
        return False
    return bool(torch.equal(one, two)) or bool(
        one.is_floating_point() and torch.equal(one.nan_to_num(), two.nan_to_num())
    )


def run_in_training(
    model: nn.Module,
    batch: Batch,
    evaluated: Any,  # noqa: ANN401 - an output
    *,
    seed: int,
) -> tuple[Modes, bool | None]:
    """Run a model twice in training mode from one seed; its buffers are put back.

    Gives what differs from evaluation, and whether the two runs gave the same.
    """
    found = effects(model)
    outputs = []
    with _buffers_kept(model) as before:
        model.train()
        for _ in range(2):
            _put_back(model, before)
            try:
                with seeded(seed), torch.no_grad():
                    outputs.append(model(*batch.args, **batch.kwargs))
            except Exception as error:  # noqa: BLE001 - whatever the model raises is told
                lines = str(error).strip().splitlines()
                failure = f"{type(error).__name__}: {lines[-1] if lines else ''}".rstrip(": ")
                return Modes(effects=found, ran=False, failure=failure), None
        changed = changed_buffers(model, before)
    trained, expected = leaves_of(outputs[0]), leaves_of(evaluated)
    return (
        Modes(
            effects=(*found, *_others(found, changed)),
            outputs=() if trained == expected else trained,
            values=not same(outputs[0], evaluated),
            buffers=changed,
        ),
        same(*outputs),
    )


def _others(found: Iterable[ModeEffect], changed: tuple[str, ...]) -> tuple[ModeEffect, ...]:
    known = {one.part for one in found}
    owners: dict[str, list[str]] = {}
    for name in changed:
        part, _, last = name.rpartition(".")
        owners.setdefault(part, []).append(last)
    return tuple(
        ModeEffect(part=part, effect="other", detail=f"changes {', '.join(names)}")
        for part, names in owners.items()
        if part not in known
    )


@contextmanager
def _buffers_kept(model: nn.Module) -> Iterator[dict[str, Tensor]]:
    before = {name: one.detach().clone() for name, one in model.named_buffers()}
    try:
        yield before
    finally:
        _put_back(model, before)
        model.eval()


def _put_back(model: nn.Module, before: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, buffer in model.named_buffers():
            if name in before and buffer.shape == before[name].shape:
                buffer.copy_(before[name])


def determinism(seen: Seen, *, trained: bool | None, weights: tuple[str, ...]) -> Determinism:
    """Say what two runs, and two builds, have in common."""
    return Determinism(
        build=not weights,
        evaluation=seen.equal,
        training=trained,
        parts=seen.restless,
        weights=weights,
    )
