"""Judge our learning rate at every step of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.parity.rungs import sides
from scaffold.trace import optimizer, roles, schedule

if TYPE_CHECKING:
    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

ULPS, ULPS_A_STEP = 8.0, 1.0
"""A rate is computed with a handful of roundings of the largest rate; a schedule that computes each
rate from the last one (torch's CosineAnnealingLR) adds one or so with every step."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The rates of one group of theirs beside those of the group of ours that it shares with."""

    item: str
    part: str
    steps: np.ndarray
    theirs: np.ndarray
    ours: np.ndarray | None
    """None where no group of ours has the parameter."""


def rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return one row per pair of groups that share a parameter, named after the first of them."""
    return tuple(
        RungRow(
            rung=Rung.SCHEDULE,
            item=table.item,
            judgement=compared(table.theirs, table.ours, table.steps),
            part=table.part,
        )
        for table in tables(bundle, candidate, weights)
    )


def tables(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[Table, ...]:
    """Return the rates of each pair of groups that share a parameter."""
    table = bundle.table(roles.SCHEDULE)
    kept = bundle.array(bundle.select(role=roles.SCHEDULE_STEP)[0]).astype(np.int64)
    theirs = {entry.part: bundle.array(entry) for entry in bundle.select(role=roles.SCHEDULE_RATE)}
    built = sides.model(candidate, weights, sides.tensors(bundle, roles.WEIGHT), torch.float32)
    made = candidate.optimizer(built)
    ours_of = optimizer.group_of(built, made)
    rates = schedule.table(made, candidate.schedule, table["total_steps"])[kept]
    found: dict[tuple[int, int | None], Table] = {}
    for name in (entry.part for entry in bundle.select(role=roles.WEIGHT)):
        group = table["groups"].get(name)
        for mapped in weights.names_to_ours(name) if group is not None else ():
            pair = (group, ours_of.get(mapped))
            if pair not in found:
                ours = None if pair[1] is None else rates[:, pair[1]]
                found[pair] = Table(
                    item=f"lr of {mapped}",
                    part=sides.part_of(mapped),
                    steps=kept,
                    theirs=theirs[str(group)],
                    ours=ours,
                )
    return tuple(found.values())


def compared(theirs: np.ndarray, ours: np.ndarray | None, steps: np.ndarray) -> Judgement:
    """Compare two tables and name the first step at which they differ, with both rates."""
    if ours is None:
        return Judgement(verdict=Verdict.MISSING, reason="our optimiser does not have it")
    if np.array_equal(theirs, ours):
        return Judgement(verdict=Verdict.EQUAL)
    ulp = float(np.finfo(np.float64).eps) * max(float(np.max(np.abs(theirs))), 1e-300)
    units = np.abs(theirs - ours) / (ulp * (ULPS + ULPS_A_STEP * steps))
    beyond = ~(units <= 1.0)
    place = int(np.argmax(beyond)) if beyond.any() else int(np.argmax(units))
    return Judgement(
        verdict=Verdict.DIFFERENT if beyond.any() else Verdict.ROUNDING,
        ratio=float(np.max(units)),
        worst=f"theirs {float(theirs[place])!r}, ours {float(ours[place])!r}",
        probe=f"step {int(steps[place])}",
    )
