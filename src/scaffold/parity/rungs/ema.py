"""Judge how ours averages its weights: the decay of each step, and what the average holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.parity.rungs import noise, sides
from scaffold.parity.rungs.alone import complete
from scaffold.trace import ema, roles, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

SAME = 1e-9
"""Decays that differ by less differ in how they are computed: over a training of a million steps
the averages then differ by a thousandth of what a single step moves."""
LIMIT = 4.0
"""As for the updates of the optimiser: an average is a handful of operations on each element."""
TRAINED_LIMIT = 8.0
"""As for the state after training steps, which the average follows."""
TURNS = 3


def rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return a row for the decay, then one per averaged tensor, then those after training."""
    if not candidate.has("ema"):
        reason = f"{candidate.path.name} defines no `ema`, and the reference averages its weights"
        return (_row("decay", Judgement(verdict=Verdict.MISSING, reason=reason)),)
    table, state = bundle.table(roles.EMA), sides.tensors(bundle, roles.WEIGHT)

    def run(dtype: torch.dtype) -> ema.Followed:
        built = sides.model(candidate, weights, state, dtype)
        return ema.followed(
            built,
            candidate.ema,
            lambda step: weights.to_ours(ema.moved(state, table["seed"], step)),
            long=dtype == torch.float64,
        )

    exact, rounded = run(torch.float64), run(torch.float32)
    theirs = bundle.array(bundle.select(role=roles.EMA_DECAY)[0])
    averaged = sides.tensors(bundle, roles.EMA_STATE)
    held = {
        step: _carried(weights, {name: value[place] for name, value in averaged.items()})
        for place, step in enumerate(table["steps"])
    }
    return (
        _row("decay", _decays(theirs, np.asarray(exact.decays))),
        *(
            _row(name, noise.first_of(list(_tensors(name, held, exact, rounded))))
            for name in held[table["steps"][0]]
        ),
        *_trained_rows(bundle, candidate, weights, state),
    )


def _row(item: str, judgement: Judgement) -> RungRow:
    return RungRow(rung=Rung.EMA, item=item, judgement=judgement, part=sides.part_of(item))


def _carried(weights: WeightMap, theirs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    whole = complete(weights, set(theirs))
    return weights.gradients_to_ours({name: theirs[name] for name in whole})


def _decays(theirs: np.ndarray, ours: np.ndarray) -> Judgement:
    """Name the first step that keeps another share of the old average, with both shares."""
    if np.array_equal(theirs, ours):
        return Judgement(verdict=Verdict.EQUAL)
    gaps = np.abs(theirs - ours)
    beyond = gaps > SAME
    place = int(np.argmax(beyond)) if beyond.any() else int(np.argmax(gaps))
    return Judgement(
        verdict=Verdict.DIFFERENT if beyond.any() else Verdict.ROUNDING,
        worst=f"theirs {float(theirs[place]):.9g}, ours {float(ours[place]):.9g}",
        probe=f"step {place + 1}",
    )


def _tensors(
    name: str,
    held: Mapping[int, Mapping[str, Tensor]],
    exact: ema.Followed,
    rounded: ema.Followed,
) -> Iterator[Judgement]:
    for step, theirs in held.items():
        if name not in exact.kept[step]:
            yield _missing("our average does not hold it")
            continue
        right = noise.numbers(exact.kept[step][name])
        lost = noise.numbers(rounded.kept[step][name])
        # An average that hardly moves has the roundings of its steps, and no less.
        least = right * (1.0 + noise.UNIT * step / 2.0)
        yield noise.judged(
            noise.numbers(theirs[name]), right, [lost, least], limit=LIMIT, probe=f"step {step}"
        )


def _missing(reason: str) -> Judgement:
    return Judgement(verdict=Verdict.MISSING, reason=reason)


def _trained_rows(
    bundle: Bundle, candidate: Subject, weights: WeightMap, state: Mapping[str, Tensor]
) -> Iterator[RungRow]:
    """Give one row per averaged tensor after real training steps, where theirs was recorded."""
    recorded = sides.tensors(bundle, roles.EMA_TRAINED)
    if not recorded:
        return
    if not candidate.has("train_ema"):
        reason = f"{candidate.path.name} defines no `train_ema`, and the reference's adapter does"
        yield _row("after training", _missing(reason))
        return
    given = steps.batches(
        sides.ordered(bundle, roles.STEP_INPUT),
        sides.tensors(bundle, roles.STEP_TARGET)[""],
        bundle.table(roles.STEPS)["seed"],
    )

    def run(turn: int, dtype: torch.dtype) -> dict[str, Tensor]:
        built = sides.model(candidate, weights, sides.shaken(state, turn), dtype)
        return ema.averaged_state(candidate.train_ema(built, steps.cast(given, dtype)))

    exact = run(0, torch.float64)
    roundings = [run(turn, torch.float32) for turn in range(TURNS)]
    for name, theirs in _carried(weights, recorded).items():
        yield _row(
            f"{name} after training",
            noise.judged(
                noise.numbers(theirs),
                noise.numbers(exact[name]),
                [noise.numbers(one[name]) for one in roundings],
                limit=TRAINED_LIMIT,
                probe=f"after step {steps.STEPS}",
            )
            if name in exact
            else _missing("our average does not hold it"),
        )
