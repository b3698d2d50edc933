"""Judge what ours reports on the predictions that theirs was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity.rungs import noise
from scaffold.trace import metrics, roles
from scaffold.trace.streams import nudged

if TYPE_CHECKING:
    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.nest import Outline
    from scaffold.trace.subject import Subject

    Values = dict[str, float | int]

LIMIT = 6.0
"""As for the values of a loss: one number, from a handful of float32 operations."""
TURNS = 8
"""Roundings to measure where the first look is beyond the limit: one rounding of one number says
little, as for a loss."""
JUMP = 1e-4
"""A tie that a moved prediction decides makes a metric jump by a sample: that is no rounding."""


def rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return one row per metric of theirs, with its worst case."""
    del weights
    entries = bundle.select(role=roles.METRIC_VALUE)
    names = tuple(dict.fromkeys(entry.part for entry in entries))
    if not candidate.has("metrics"):
        reason = f"{candidate.path.name} defines no `metrics`, and the reference's adapter does"
        missing = Judgement(verdict=Verdict.MISSING, reason=reason)
        return tuple(RungRow(rung=Rung.METRICS, item=name, judgement=missing) for name in names)
    found: dict[str, list[Judgement]] = {name: [] for name in names}
    for probe in dict.fromkeys(entry.probe for entry in entries):
        for name, judgement in _judged(bundle, candidate, probe).items():
            found.setdefault(name, []).append(judgement)
    return tuple(
        RungRow(rung=Rung.METRICS, item=name, judgement=noise.worst_of(several))
        for name, several in found.items()
    )


def _judged(bundle: Bundle, candidate: Subject, probe: str) -> dict[str, Judgement]:
    structure = bundle.table(roles.METRICS)["structure"]
    case = _case(bundle, probe)
    theirs = {
        entry.part: bundle.array(entry)
        for entry in bundle.select(role=roles.METRIC_VALUE, probe=probe)
    }
    try:
        ours = candidate.metrics(case.given(structure))
    except ScaffoldError as error:
        reason = f"ours fails where theirs does not: {error.what.splitlines()[0]}"
        failed = Judgement(verdict=Verdict.DIFFERENT, probe=probe, reason=reason)
        return dict.fromkeys(theirs, failed)
    exact = _exact(candidate, case, structure, ours)
    roundings = [ours]
    while True:
        found = {
            name: _compared(value, name, exact, roundings, probe) for name, value in theirs.items()
        }
        turn = len(roundings)
        if turn == TURNS or all(one.verdict.agrees for one in found.values()):
            return found
        roundings.append(_moved(candidate, case, structure, turn))


def _case(bundle: Bundle, probe: str) -> metrics.Case:
    targets = {
        entry.call: torch.from_numpy(bundle.array(entry).copy())
        for entry in bundle.select(role=roles.METRIC_TARGET, probe=probe)
    }
    leaves: dict[int, dict[str, torch.Tensor]] = {call: {} for call in targets}
    for entry in bundle.select(role=roles.METRIC_OUTPUT, probe=probe):
        leaves[entry.call][entry.leaf] = torch.from_numpy(bundle.array(entry).copy())
    batches = (metrics.Batch(leaves=leaves[call], target=targets[call]) for call in sorted(targets))
    return metrics.Case(name=probe, batches=tuple(batches))


def _exact(candidate: Subject, case: metrics.Case, structure: Outline, ours: Values) -> Values:
    try:
        return candidate.metrics(case.given(structure, torch.float64))
    except ScaffoldError:
        return ours


def _moved(candidate: Subject, case: metrics.Case, structure: Outline, turn: int) -> Values:
    """Give the metrics of predictions moved by one unit round-off."""
    moved = tuple(
        metrics.Batch(
            leaves={path: nudged(leaf, turn, path) for path, leaf in batch.leaves.items()},
            target=batch.target,
        )
        for batch in case.batches
    )
    try:
        return candidate.metrics(metrics.Case(name=case.name, batches=moved).given(structure))
    except ScaffoldError:
        return {}


def _compared(
    theirs: np.ndarray, name: str, exact: Values, roundings: list[Values], probe: str
) -> Judgement:
    ours = roundings[0]
    if name not in ours:
        reason = f"ours reports {', '.join(sorted(ours))}"
        return Judgement(verdict=Verdict.MISSING, probe=probe, reason=reason)
    if np.issubdtype(theirs.dtype, np.integer):
        if theirs.item() == ours[name]:
            return Judgement(verdict=Verdict.EQUAL, ratio=0.0, probe=probe)
        said = f"theirs {theirs.item()}, ours {ours[name]:.9g}"
        return Judgement(
            verdict=Verdict.DIFFERENT, worst=said, probe=probe, reason="a count is exact"
        )
    steady = [one[name] for one in roundings if abs(one.get(name, np.inf) - ours[name]) < JUMP]
    return noise.judged(
        noise.numbers(theirs),
        noise.numbers(exact.get(name, ours[name])),
        [noise.numbers(one) for one in steady],
        limit=LIMIT,
        probe=probe,
    )
