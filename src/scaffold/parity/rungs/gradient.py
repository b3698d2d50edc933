"""Judge the gradient of <cotangent, output> at each of our parameters and inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.parity.rungs import noise, sides
from scaffold.trace import roles
from scaffold.trace.gradient import pulled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch import Tensor

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

LIMIT = 6.0
"""Measured on 20 recordings: q at most 2.9, at a key's bias, whose gradient is rounding and nothing
else; a LayerNorm eps of 1e-5 for 1e-6 stands at 30 to 100."""
TURNS = 4


def rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return one row per parameter of ours, and one per input of the model."""
    cotangent = sides.tensors(bundle, roles.COTANGENT, by="leaf")
    inputs, state = sides.ordered(bundle, roles.GRADIENT_INPUT), sides.tensors(bundle, roles.WEIGHT)

    def run(turn: int, dtype: torch.dtype) -> dict[str, Tensor]:
        built = sides.model(candidate, weights, sides.shaken(state, turn), dtype)
        moved = sides.shaken({str(i): value for i, value in enumerate(inputs)}, turn)
        parameters, at_inputs = pulled(built, list(moved.values()), cotangent)
        return parameters | _named(at_inputs)

    exact = run(0, torch.float64)
    roundings = [run(turn, torch.float32) for turn in range(TURNS)]
    at_inputs = sides.tensors(bundle, roles.INPUT_GRADIENT, by="leaf")
    theirs = weights.gradients_to_ours(sides.tensors(bundle, roles.GRADIENT)) | _named(at_inputs)
    return tuple(_rows(theirs, exact, roundings))


def _named(at_inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"input {place}": value for place, value in at_inputs.items()}


def _rows(
    theirs: Mapping[str, Tensor], exact: Mapping[str, Tensor], roundings: list[dict[str, Tensor]]
) -> Iterable[RungRow]:
    for name, value in theirs.items():
        if name in exact:
            judgement = noise.judged(
                noise.numbers(value),
                noise.numbers(exact[name]),
                [noise.numbers(rounding[name]) for rounding in roundings],
                limit=LIMIT,
            )
        else:
            reason = "ours has no gradient here: the parameter is frozen or is a buffer"
            judgement = Judgement(verdict=Verdict.MISSING, reason=reason)
        yield RungRow(rung=Rung.GRADIENT, item=name, judgement=judgement, part=sides.part_of(name))
    for name in sorted(exact.keys() - theirs.keys()):
        reason = "theirs has no gradient here: the parameter is frozen there"
        judgement = Judgement(verdict=Verdict.DIFFERENT, reason=reason)
        yield RungRow(rung=Rung.GRADIENT, item=name, judgement=judgement, part=sides.part_of(name))
