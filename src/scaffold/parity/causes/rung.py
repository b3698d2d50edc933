"""Take what a bundle holds of a training rung, and find out why one of its items differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.core.comparison import Rung
from scaffold.core.diagnosis import Diagnosis
from scaffold.parity.causes.init import diagnose_init
from scaffold.parity.causes.loss import diagnose_loss
from scaffold.parity.causes.measure import NEVER
from scaffold.parity.causes.optimizer import diagnose_optimizer
from scaffold.parity.causes.schedule import diagnose_schedule
from scaffold.parity.causes.state import diagnose_state
from scaffold.parity.rungs import noise, sides
from scaffold.parity.rungs.init import SEEDS
from scaffold.parity.rungs.optimizer import recorded
from scaffold.trace import init, optimizer, roles, schedule, steps
from scaffold.trace.loss import Case, Term
from scaffold.trace.settled import settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

    Diagnose = Callable[[Bundle, Subject, WeightMap, str], Diagnosis]


def diagnose_rung(
    rung: Rung, bundle: Bundle, candidate: Subject, weights: WeightMap, item: str
) -> Diagnosis:
    """Run the hypotheses of a rung on one item of it.

    Args:
        rung: Loss, optimizer, schedule, init or state; of another nothing is known.
        bundle: What was recorded of theirs.
        candidate: Ours.
        weights: The map between the two.
        item: As the row of the comparison names it, e.g. `classification gradient`.
    """
    known = _KNOWN.get(rung)
    if known is None:
        note = f"the rung {rung} has no hypotheses of its own: mend the rungs below it first"
        return Diagnosis(ours=NEVER, note=note)
    with settled():
        return known(bundle, candidate, weights, item)


def _loss(bundle: Bundle, candidate: Subject, weights: WeightMap, item: str) -> Diagnosis:
    del weights
    structure = bundle.table(roles.LOSS)["structure"]
    term = item.rpartition(" ")[0]
    return diagnose_loss(candidate.loss_terms, structure, list(_cases(bundle, term)), term)


def _cases(bundle: Bundle, term: str) -> Iterator[tuple[Case, dict[str, Term]]]:
    for entry in bundle.select(role=roles.LOSS_TARGET):
        probe = entry.probe
        case = Case(
            name=probe,
            leaves=sides.tensors(bundle, roles.LOSS_INPUT, by="leaf", probe=probe),
            target=sides.tensors(bundle, roles.LOSS_TARGET, probe=probe)[""],
        )
        gradients = {
            gradient.leaf: torch.from_numpy(bundle.array(gradient).copy())
            for gradient in bundle.select(role=roles.LOSS_GRADIENT, part=term, probe=probe)
        }
        values = sides.tensors(bundle, roles.LOSS_VALUE, probe=probe)
        if term in values:
            yield case, {term: Term(value=values[term], gradients=gradients)}


def _optimizer(bundle: Bundle, candidate: Subject, weights: WeightMap, item: str) -> Diagnosis:
    del item
    state = sides.tensors(bundle, roles.WEIGHT)
    given, theirs = recorded(bundle, weights)
    exact = sides.model(candidate, weights, state, torch.float64)
    ours = optimizer.replay(exact, candidate.optimizer, given)
    built = sides.model(candidate, weights, state, torch.float32)
    settings = optimizer.groups(built, candidate.optimizer(built))
    return diagnose_optimizer(weights.to_ours(state), given, theirs, ours, settings)


def _schedule(bundle: Bundle, candidate: Subject, weights: WeightMap, item: str) -> Diagnosis:
    table, name = bundle.table(roles.SCHEDULE), item.removeprefix("lr of ")
    kept = bundle.array(bundle.select(role=roles.SCHEDULE_STEP)[0]).astype(np.float64)
    built = sides.model(candidate, weights, sides.tensors(bundle, roles.WEIGHT), torch.float32)
    made = candidate.optimizer(built)
    mine = optimizer.group_of(built, made).get(name)
    group = next(
        (
            group
            for theirs, group in table["groups"].items()
            if name in weights.names_to_ours(theirs)
        ),
        None,
    )
    if mine is None or group is None:
        return Diagnosis(
            ours=NEVER, note=f"{name} has no rate on one side, so nothing could be run"
        )
    rates = schedule.table(made, candidate.schedule, table["total_steps"])[:, mine]
    theirs = bundle.array(bundle.select(role=roles.SCHEDULE_RATE, part=str(group))[0])
    return diagnose_schedule(theirs.astype(np.float64), rates, kept)


def _init(bundle: Bundle, candidate: Subject, weights: WeightMap, item: str) -> Diagnosis:
    filling = sides.tensors(bundle, roles.WEIGHT)
    found = []
    for name, values in sides.tensors(bundle, roles.BUILT).items():
        if item in weights.names_to_ours(name):
            found = [weights.to_ours({**filling, name: value})[item] for value in values]
    ours = [state[item] for state in init.starts(candidate.build, SEEDS) if item in state]
    if not found or not ours:
        return Diagnosis(ours=NEVER, note=f"{item} is on one side only, so nothing could be run")
    pooled = [np.concatenate([noise.numbers(v).ravel() for v in side]) for side in (found, ours)]
    return diagnose_init(pooled[0], pooled[1], tuple(ours[0].shape))


def _state(bundle: Bundle, candidate: Subject, weights: WeightMap, item: str) -> Diagnosis:
    state = sides.tensors(bundle, roles.WEIGHT)
    batches = steps.batches(
        sides.ordered(bundle, roles.STEP_INPUT),
        sides.tensors(bundle, roles.STEP_TARGET)[""],
        bundle.table(roles.STEPS)["seed"],
    )

    def build(dtype: torch.dtype, turn: int) -> nn.Module:
        return sides.model(candidate, weights, sides.shaken(state, turn), dtype)

    def train(model: nn.Module, dtype: torch.dtype) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            candidate.train(model, steps.cast(batches, dtype))

    theirs = weights.to_ours(sides.tensors(bundle, roles.STEP_STATE))
    running = {name for name, _ in build(torch.float32, 0).named_buffers()}
    wanted = running if item in running else {item}
    floating = {n: v for n, v in theirs.items() if n in wanted and v.is_floating_point()}
    return diagnose_state(build, train, floating)


_KNOWN: dict[Rung, Diagnose] = {
    Rung.LOSS: _loss,
    Rung.OPTIMIZER: _optimizer,
    Rung.SCHEDULE: _schedule,
    Rung.INIT: _init,
    Rung.STATE: _state,
}
