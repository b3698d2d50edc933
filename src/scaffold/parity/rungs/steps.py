"""Judge a few real training steps of ours: what happened at each, and the state after the last.

Training amplifies rounding, so the noise is measured where it has grown: ours trains in float64
once and in float32 several times, from starts one unit round-off apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.parity.rungs import noise, schedule, sides
from scaffold.trace import roles, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

RANDOM = Judgement(
    verdict=Verdict.NOT_COMPARABLE,
    reason="our training step draws random numbers: build the twin without dropout",
)
LIMIT = 8.0
"""Measured on 20 recordings and four ways to write loss and optimiser: q at most 2.9 in the state
and 2.8 in the trace; an eps of 1e-6 for 1e-8, the faintest wrong training of the tests, stands at
16 in the trace and 450 in the state."""
TURNS = 3
MORE = 12
"""So many runs in all measure the noise where a few say that ours differs. A step of Adam turns the
sign of a gradient that is nearly zero into a whole step, which is rare, and so is seldom seen in
a few runs; a wrong training stands as far out of many runs as of few."""


class _Runs:
    """Our runs on one bundle: float64, then float32 from starts one round-off apart."""

    def __init__(self, bundle: Bundle, candidate: Subject, weights: WeightMap) -> None:
        self.of = (bundle, candidate, weights)
        state = sides.tensors(bundle, roles.WEIGHT)
        given = steps.batches(
            sides.ordered(bundle, roles.STEP_INPUT),
            sides.tensors(bundle, roles.STEP_TARGET)[""],
            bundle.table(roles.STEPS)["seed"],
        )

        def run(turn: int, dtype: torch.dtype, seed: int = 0) -> steps.Steps:
            built = sides.model(candidate, weights, sides.shaken(state, turn), dtype)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                return steps.watched(candidate.train, built, steps.cast(given, dtype))

        self.exact = run(0, torch.float64)
        self.rounded = [run(turn, torch.float32) for turn in range(TURNS)]
        self.random = run(0, torch.float32, seed=1).losses != self.rounded[0].losses
        self._run = run

    def look_again(self) -> bool:
        """Measure the noise by more runs; False where that was done before."""
        missing = range(len(self.rounded), MORE)
        self.rounded += [self._run(turn, torch.float32) for turn in missing]
        return bool(missing)


_last: list[_Runs] = []


def _runs(bundle: Bundle, candidate: Subject, weights: WeightMap) -> _Runs:
    """Train once for both rungs: the last runs are kept until another candidate asks."""
    if not _last or any(
        old is not new for old, new in zip(_last[0].of, (bundle, candidate, weights), strict=True)
    ):
        _last[:] = [_Runs(bundle, candidate, weights)]
    return _last[0]


def state_rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return one row per parameter and buffer of ours after the last step."""
    theirs = weights.to_ours(sides.tensors(bundle, roles.STEP_STATE))
    runs = _runs(bundle, candidate, weights)

    def judge(name: str) -> Judgement:
        if runs.random:
            return RANDOM
        if name not in runs.exact.state:
            return Judgement(verdict=Verdict.MISSING, reason="ours has no such state")
        return noise.judged(
            noise.numbers(theirs[name]),
            noise.numbers(runs.exact.state[name]),
            [noise.numbers(run.state[name]) for run in runs.rounded],
            limit=LIMIT,
            probe=f"after step {steps.STEPS}",
        )

    found = {name: judge(name) for name in theirs}
    if any(one.verdict is Verdict.DIFFERENT for one in found.values()) and runs.look_again():
        found = {name: judge(name) for name in theirs}
    return tuple(
        RungRow(rung=Rung.STATE, item=name, judgement=one, part=sides.part_of(name))
        for name, one in found.items()
    )


def trace_rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return three rows in the order of causes: learning rate, gradient norm, loss."""
    runs = _runs(bundle, candidate, weights)
    rates = _rates(bundle, weights, runs.exact.rates)
    if runs.random:
        items = {"learning rate": rates, "gradient norm": RANDOM, "loss": RANDOM}
        return tuple(_trace(item, judgement) for item, judgement in items.items())
    found = _traced(bundle, runs)
    if any(one.verdict is Verdict.DIFFERENT for one in found.values()) and runs.look_again():
        found = _traced(bundle, runs)
    items = {"learning rate": rates, **found}
    return tuple(_trace(item, judgement) for item, judgement in items.items())


def _traced(bundle: Bundle, runs: _Runs) -> dict[str, Judgement]:
    exact, rounded = runs.exact, runs.rounded
    return {
        "gradient norm": _series(
            _one(bundle, roles.TRACE_NORM), exact.norms, [run.norms for run in rounded]
        ),
        "loss": _series(
            _one(bundle, roles.TRACE_LOSS), exact.losses, [run.losses for run in rounded]
        ),
    }


def _trace(item: str, judgement: Judgement) -> RungRow:
    return RungRow(rung=Rung.TRACE, item=item, judgement=judgement)


def _one(bundle: Bundle, role: str) -> np.ndarray:
    return bundle.array(bundle.select(role=role)[0])


def _rates(bundle: Bundle, weights: WeightMap, ours: Sequence[dict[str, float]]) -> Judgement:
    """Compare the rate that each parameter was moved with, at each step."""
    theirs = _one(bundle, roles.TRACE_RATE)
    if len(theirs) != len(ours):
        return Judgement(
            verdict=Verdict.DIFFERENT,
            reason=f"theirs took {len(theirs)} steps of the optimiser, ours {len(ours)}",
        )
    at = np.arange(1, len(theirs) + 1)
    found = []
    for column, name in enumerate(bundle.table(roles.STEPS)["moved"]):
        for mapped in weights.names_to_ours(name):
            rates = np.array([step.get(mapped, np.nan) for step in ours])
            found.append(schedule.compared(theirs[:, column], rates, at))
    return noise.worst_of(found)


def _series(
    theirs: np.ndarray, exact: Sequence[float], rounded: Sequence[Sequence[float]]
) -> Judgement:
    """Compare one number a step; the noise of a step is the largest relative one so far."""
    if any(len(theirs) != len(run) for run in [exact, *rounded]):
        reason = f"theirs has {len(theirs)} steps, ours {len(exact)}"
        return Judgement(verdict=Verdict.DIFFERENT, reason=reason)
    return noise.first_of(
        list(_each_step(theirs, np.array(exact), [np.array(run) for run in rounded]))
    )


def _each_step(
    theirs: np.ndarray, exact: np.ndarray, rounded: Sequence[np.ndarray]
) -> Iterator[Judgement]:
    scale = np.maximum(np.abs(exact), np.finfo(np.float64).tiny)
    lost = np.max([np.abs(run - exact) / scale for run in rounded], axis=0)
    noises = np.maximum.accumulate(np.maximum(lost, noise.UNIT / 2)) * scale
    for step, value in enumerate(theirs):
        yield noise.judged(
            value, exact[step], [exact[step] + noises[step]], limit=LIMIT, probe=f"step {step + 1}"
        )
