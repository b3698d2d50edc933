"""Judge what ours starts from, tensor by tensor, by sampling error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.parity.rungs import noise, sides
from scaffold.parity.rungs.sampling import statistics
from scaffold.trace import roles
from scaffold.trace.init import starts

if TYPE_CHECKING:
    from torch import Tensor

    from scaffold.golden import Bundle
    from scaffold.parity.ratio import Numbers
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

SEEDS = range(7001, 7009)
"""Far from the seeds of a recording, so that the two samples are independent."""
LIMIT = 5.0
"""Sampling errors. The worst of all statistics over 200 recordings of a right init (3000 tensors)
was 4.2; wrong families stood at 7 and more in the twin of the tests."""
FIXED = 6.0
"""Roundings of ours, for what does not depend on the seed."""


def rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return one row per floating parameter and buffer of ours."""
    ours = starts(candidate.build, SEEDS)
    return tuple(
        RungRow(
            rung=Rung.INIT,
            item=name,
            judgement=_judged(name, theirs, [state[name] for state in ours], candidate),
            part=sides.part_of(name),
        )
        for name, theirs in _carried(bundle, weights).items()
    )


def _carried(bundle: Bundle, weights: WeightMap) -> dict[str, list[Tensor]]:
    """Return theirs' tensors over the seeds, by our names.

    The map wants a whole state, and small tensors have more seeds than large ones: the gaps are
    filled with the recorded weights, and what came from a filled gap is left out again.
    """
    filling = sides.tensors(bundle, roles.WEIGHT)
    built = sides.tensors(bundle, roles.BUILT)
    carried: dict[str, list[Tensor]] = {}
    for seed in range(max((len(value) for value in built.values()), default=0)):
        present = {name: value[seed] for name, value in built.items() if seed < len(value)}
        state = weights.to_ours({**filling, **present})
        for name in present:
            for mapped in weights.names_to_ours(name):
                if len(carried.setdefault(mapped, [])) == seed:
                    carried[mapped].append(state[mapped])
    return carried


def _judged(name: str, theirs: list[Tensor], ours: list[Tensor], candidate: Subject) -> Judgement:
    if theirs[0].shape != ours[0].shape:
        reason = f"theirs has the shape {tuple(theirs[0].shape)}, ours {tuple(ours[0].shape)}"
        return Judgement(verdict=Verdict.SHAPE, reason=reason)
    fixed, also_fixed = _same(theirs), _same(ours)
    if fixed and also_fixed:
        return _constant(name, theirs[0], ours[0], candidate)
    left, right = _pooled(theirs), _pooled(ours)
    if fixed or also_fixed:
        return Judgement(
            verdict=Verdict.DIFFERENT,
            ratio=float("inf"),
            worst=f"theirs {_spoken(left, fixed=fixed)}, ours {_spoken(right, fixed=also_fixed)}",
        )
    worst = max(statistics(left, right), key=lambda one: one.errors)
    return Judgement(
        verdict=Verdict.ROUNDING if worst.errors <= LIMIT else Verdict.DIFFERENT,
        ratio=worst.errors,
        worst=f"{worst.name}: theirs {worst.theirs:.4g}, ours {worst.ours:.4g}",
        reason=f"{left.size} elements of theirs, {right.size} of ours, in sampling errors",
    )


def _constant(name: str, theirs: Tensor, ours: Tensor, candidate: Subject) -> Judgement:
    """Judge what does not depend on the seed: against ours as built in float64."""
    left, right = noise.numbers(theirs), noise.numbers(ours)
    if np.array_equal(left, right):
        return Judgement(verdict=Verdict.EQUAL)
    return noise.judged(left, _precise(name, right, candidate), [right], limit=FIXED)


def _precise(name: str, rounded: Numbers, candidate: Subject) -> Numbers:
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        return noise.numbers(starts(candidate.build, SEEDS[:1])[0][name])
    except (RuntimeError, TypeError):
        return rounded
    finally:
        torch.set_default_dtype(usual)


def _same(values: list[Tensor]) -> bool:
    return all(torch.equal(values[0], value) for value in values)


def _pooled(values: list[Tensor]) -> Numbers:
    return np.concatenate([noise.numbers(value).ravel() for value in values])


def _spoken(values: Numbers, *, fixed: bool) -> str:
    if fixed and np.ptp(values) == 0.0:
        return f"is {values[0]:.4g} everywhere"
    spread = f"mean {values.mean():.4g}, std {values.std():.4g}"
    return f"is the same for every seed ({spread})" if fixed else f"is random ({spread})"
