"""Judge what ours makes of a sample, operation by operation, each on what theirs had before it.

Operations are paired by name. One that ours does not name is compared as a piece of the next that
both have: ours may scale and normalise in one go.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity.rungs import noise
from scaffold.parity.rungs.sampling import statistics
from scaffold.trace import data, roles

if TYPE_CHECKING:
    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

LIMIT = 8.0
"""Half roundings of the norm: an operation on a sample is a handful of float32 operations."""
BY_ONE = 0.01
"""The share of 8-bit values that may differ by one: two right ways to round a mean differ where it
falls on a half, which moves the mean of an image by less than a hundredth of a grey level."""
SAMPLING = 5.0
"""Sampling errors, as for initial values."""
FAR = 7001
"""Ours draws from other seeds than theirs, so that the two samples are independent."""


def rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return one row per operation of theirs that ours has too, in the order of the chain."""
    del weights
    table = bundle.table(roles.DATA)
    if not candidate.has("data_steps"):
        reason = f"{candidate.path.name} defines no `data_steps`, and the reference's adapter does"
        missing = Judgement(verdict=Verdict.MISSING, reason=reason)
        return tuple(_row(name, missing) for name in table["operations"])
    ours = candidate.data_steps()
    with candidate.imports():
        judged = [
            _chain(bundle, entry.probe, ours) for entry in bundle.select(role=roles.DATA_SOURCE)
        ]
        drawn = {name: _drawn(bundle, name, ours) for name in table["random"] if name in ours}
    found: dict[str, list[Judgement]] = {name: [] for name in table["operations"]}
    for one in judged:
        for name, judgement in one.items():
            found[name].append(judgement)
    for name, judgement in drawn.items():
        found[name].append(judgement)
    return tuple(_row(name, noise.worst_of(several)) for name, several in found.items())


def _row(name: str, judgement: Judgement) -> RungRow:
    return RungRow(rung=Rung.DATA, item=name, judgement=judgement)


def _chain(bundle: Bundle, sample: str, ours: dict[str, Any]) -> dict[str, Judgement]:
    """Judge every operation of theirs on one sample."""
    theirs = sorted(bundle.select(role=roles.DATA_STEP, probe=sample), key=lambda e: e.call)
    source = bundle.array(bundle.select(role=roles.DATA_SOURCE, probe=sample)[0])
    begin: Any = source.tobytes() if sample in bundle.table(roles.DATA)["bytes"] else source.copy()
    found: dict[str, Judgement] = {}
    waiting, before, live = list(ours), begin, begin
    for entry in theirs:
        golden = bundle.array(entry)
        if entry.part not in waiting:
            found[entry.part] = _absent(
                entry.part, entry is theirs[-1], [e.part for e in theirs], ours
            )
            continue
        upto = waiting[: waiting.index(entry.part) + 1]
        waiting = waiting[len(upto) :]
        run = [(name, ours[name], _parameters(bundle, name, sample)) for name in upto]
        try:
            value = _applied(run, before)
            exact = _applied(run, _wide(before))
            live = _applied(run, live)
        except ScaffoldError as error:
            found[entry.part] = Judgement(
                verdict=Verdict.DIFFERENT, probe=sample, reason=f"{error.where}: ours {error.what}"
            )
            break
        name = entry.part
        found[name] = _compared(golden, data.array(value, name), data.array(exact, name), sample)
        before = data.as_given(golden, live)
    for entry in theirs:
        stopped = Judgement(
            verdict=Verdict.NOT_COMPARABLE, probe=sample, reason="ours fails before it comes here"
        )
        found.setdefault(entry.part, stopped)
    return found


def _absent(name: str, last: bool, theirs: list[str], ours: dict[str, Any]) -> Judgement:  # noqa: FBT001 - one private caller
    """Judge an operation that ours does not name."""
    later = theirs[theirs.index(name) + 1 :]
    with_it = next((other for other in later if other in ours), None)
    if last or with_it is None:
        reason = f"ours has the operations {', '.join(ours) or 'none'}"
        return Judgement(verdict=Verdict.MISSING, reason=reason)
    reason = f"ours does not name it: it is compared as a piece of {with_it!r}"
    return Judgement(verdict=Verdict.EQUAL, reason=reason)


def _parameters(bundle: Bundle, name: str, sample: str) -> np.ndarray | None:
    entries = bundle.select(role=roles.DATA_PARAMETERS, part=name, probe=sample)
    return bundle.array(entries[0]) if entries else None


def _applied(run: list[tuple[str, Any, np.ndarray | None]], value: Any) -> Any:  # noqa: ANN401
    """Run operations of ours, the random ones with what theirs drew."""
    for name, operation, parameters in run:
        value = data.applied(name, operation, value, parameters)
    return value


def _wide(value: Any) -> Any:  # noqa: ANN401 - a sample in any form
    """Give a floating sample in float64, so that what ours rounds can be seen."""
    if hasattr(value, "double") and getattr(value, "is_floating_point", bool)():
        return value.double()
    if isinstance(value, np.ndarray) and value.dtype == np.float32:
        return value.astype(np.float64)
    return value


def _compared(theirs: np.ndarray, ours: np.ndarray, exact: np.ndarray, sample: str) -> Judgement:
    if theirs.shape != ours.shape or theirs.dtype != ours.dtype:
        reason = (
            f"theirs is {theirs.dtype}{list(theirs.shape)}, ours is {ours.dtype}{list(ours.shape)}"
        )
        return Judgement(verdict=Verdict.SHAPE, probe=sample, reason=reason)
    if theirs.tobytes() == ours.tobytes():
        return Judgement(verdict=Verdict.EQUAL, ratio=0.0, probe=sample)
    if not np.issubdtype(theirs.dtype, np.floating):
        return _counted(theirs, ours, sample)
    right = noise.numbers(exact if exact.shape == ours.shape else ours)
    return noise.judged(
        noise.numbers(theirs), right, [noise.numbers(ours)], limit=LIMIT, probe=sample
    )


def _counted(theirs: np.ndarray, ours: np.ndarray, sample: str) -> Judgement:
    """Count whole numbers that differ, and those that differ by one."""
    gap = np.abs(theirs.astype(np.int64) - ours.astype(np.int64))
    other, by_one = float((gap > 0).mean()), float((gap == 1).mean())
    few = theirs.dtype == np.uint8 and int(gap.max()) == 1 and by_one <= BY_ONE
    place = np.unravel_index(int(np.argmax(gap)), gap.shape) if gap.shape else ()
    at = f"({', '.join(str(int(i)) for i in place)}): " if place else ""
    return Judgement(
        verdict=Verdict.ROUNDING if few else Verdict.DIFFERENT,
        worst=f"{at}theirs {theirs[place]}, ours {ours[place]}",
        probe=sample,
        reason=f"{other:.2%} of the values differ, {by_one:.2%} by one, "
        f"the greatest gap is {int(gap.max())}",
    )


def _drawn(bundle: Bundle, name: str, ours: dict[str, Any]) -> Judgement:
    """Compare the distribution of what a random operation draws, parameter by parameter."""
    drawing = data.random_of(ours[name])
    if drawing is None:
        reason = "it is random in the reference, and ours is no pair of draw and apply"
        return Judgement(verdict=Verdict.DIFFERENT, reason=reason)
    theirs = bundle.array(bundle.select(role=roles.DATA_DRAWS, part=name)[0]).astype(np.float64)
    mine = data.drawn(drawing[0], name, range(FAR, FAR + len(theirs)))
    if mine.shape != theirs.shape:
        reason = f"theirs draws {theirs.shape[1]} parameters, ours {mine.shape[1]}"
        return Judgement(verdict=Verdict.SHAPE, reason=reason)
    columns = zip(theirs.T, mine.T.astype(np.float32).astype(np.float64), strict=True)
    judged = [
        replace(_sampled(left, right), probe=f"draws, parameter {place}")
        for place, (left, right) in enumerate(columns)
    ]
    return noise.worst_of(judged or [Judgement(verdict=Verdict.EQUAL)])


def _sampled(theirs: np.ndarray, ours: np.ndarray) -> Judgement:
    if np.ptp(theirs) == 0.0 or np.ptp(ours) == 0.0:
        same = np.array_equal(theirs, ours)
        said = f"theirs {_spoken(theirs)}, ours {_spoken(ours)}"
        return Judgement(verdict=Verdict.EQUAL if same else Verdict.DIFFERENT, worst=said)
    worst = max(statistics(theirs, ours), key=lambda one: one.errors)
    return Judgement(
        verdict=Verdict.ROUNDING if worst.errors <= SAMPLING else Verdict.DIFFERENT,
        ratio=worst.errors,
        worst=f"{worst.name}: theirs {worst.theirs:.4g}, ours {worst.ours:.4g}",
        reason=f"{theirs.size} draws of each, in sampling errors",
    )


def _spoken(values: np.ndarray) -> str:
    if np.ptp(values) == 0.0:
        return f"is always {values[0]:.4g}"
    return f"has mean {values.mean():.4g} and std {values.std():.4g}"
