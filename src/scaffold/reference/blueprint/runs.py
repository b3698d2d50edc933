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
from scaffold.reference.blueprint.outlines import StandIns, differs
from scaffold.reference.spec.build import seeded
from scaffold.trace.forward import watched
from scaffold.trace.keep import Keeper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.core.blueprint import End
    from scaffold.reference.blueprint.glue import Marks
    from scaffold.reference.blueprint.inputs import Batch
    from scaffold.trace.forward import Call

_OTHER_SEED = 7919
"""Added to the seed of a second run: what it gives must not depend on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """One run of a model in evaluation mode."""

    calls: tuple[Call, ...]
    """In the order in which they began; their tensors are stand-ins (`outlines`)."""
    output: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """What a second run shows, under other random numbers."""

    made: dict[End, Marks]
    """Of what the inputs of parts were made that no part gave."""
    flops: dict[str, int]
    """By part, all calls together; the model itself is `""`."""
    equal: bool
    """Whether it gave the same as the first."""
    restless: tuple[str, ...]
    """The parts that gave something else in it, though they took the same."""


def run_in_evaluation(model: nn.Module, batch: Batch, *, seed: int) -> Watched:
    """Run a model once in evaluation mode; whatever it raises is the caller's to handle."""
    model.eval()
    with (
        seeded(seed),
        torch.no_grad(),
        watched(model, keeper=Keeper(store=StandIns())) as calls,
    ):
        output = model(*batch.args, **batch.kwargs)
    return Watched(calls=_sorted(calls), output=output)


def run_again(model: nn.Module, batch: Batch, first: Watched, *, seed: int) -> Again:
    """Run a model in evaluation mode under another seed, and look at what is between the parts."""
    with (
        seeded(seed + _OTHER_SEED),
        torch.no_grad(),
        watched(model, keeper=Keeper(store=StandIns())) as calls,
        followed(model) as made,
        counted(model) as flops,
    ):
        output = model(*batch.args, **batch.kwargs)
    return Again(
        made=made,
        flops=flops,
        equal=not differs(first.output, output),
        restless=_restless(first.calls, _sorted(calls)),
    )


def _sorted(calls: Iterable[Call]) -> tuple[Call, ...]:
    return tuple(sorted(calls, key=lambda call: call.order))


def _restless(first: Iterable[Call], second: Iterable[Call]) -> tuple[str, ...]:
    others = {(call.part, call.call): call for call in second}
    found: dict[str, None] = {}
    for call in first:
        other = others.get((call.part, call.call))
        if other is None or differs(call.inputs, other.inputs):
            continue
        if differs(call.output, other.output):
            found[call.part] = None
    return tuple(found)


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
            values=differs(outputs[0], evaluated),
            buffers=changed,
        ),
        not differs(*outputs),
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


def determinism(again: Again, *, trained: bool | None, weights: tuple[str, ...]) -> Determinism:
    """Say what two runs, and two builds, have in common."""
    return Determinism(
        build=not weights,
        evaluation=again.equal,
        training=trained,
        parts=again.restless,
        weights=weights,
    )
