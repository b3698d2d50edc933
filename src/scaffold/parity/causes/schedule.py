"""Find out why a table of learning rates differs: shifted, stepped by epochs, or another curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scaffold.core.diagnosis import Diagnosis, Explanation
from scaffold.parity.causes.curve import Curve, Rates, described
from scaffold.parity.causes.registry import rows_of
from scaffold.parity.rungs.schedule import compared

if TYPE_CHECKING:
    from collections.abc import Iterator

Steps = NDArray[np.int64]
SHIFTS = (1, -1, 2, -2)
SIMPLE = ("schedule-shift", "schedule-rate", "schedule-epoch")
"""Said rather than the curve that comes to the same."""
MOST_PLACES = 4096


def diagnose_schedule(theirs: Rates, ours: Rates, steps: Rates) -> Diagnosis:
    """Run every hypothesis about a schedule.

    Args:
        theirs: The recorded rates at the kept steps.
        ours: Ours at every step of the run.
        steps: The kept steps.
    """
    at = steps.astype(np.int64)
    before = _ratio(theirs, ours[at], at)
    if before <= 1.0:
        return Diagnosis(ours=before, note="the schedule agrees: there is no cause")
    fits: list[Explanation] = []
    near: list[Explanation] = []
    tried = 0
    for name, claim, mine, rates in _trials(theirs, ours, at):
        tried += 1
        known = ~np.isnan(rates)
        ratio = _ratio(theirs[known], rates[known], at[known])
        one = Explanation(
            hypothesis=name,
            claim=claim,
            ours=mine,
            place="the learning rate",
            ratio=ratio,
            rows=rows_of(name),
        )
        (fits if ratio <= 1.0 else near).append(one)
    simple = [one for one in fits if one.hypothesis in SIMPLE] or fits
    return Diagnosis(
        ours=before,
        fits=tuple(simple[:1]),
        also=tuple(one for one in fits if one not in simple[:1]),
        runner_up=min(near, key=lambda one: one.ratio, default=None),
        tried=tried,
    )


def _trials(theirs: Rates, ours: Rates, at: Steps) -> Iterator[tuple[str, str, str, Rates]]:
    """Yield hypothesis, claim, what ours does, and the rates that would follow."""
    last = len(ours) - 1
    for shift in SHIFTS:
        # What lies outside of the run is not known.
        moved = np.where(
            (at + shift >= 0) & (at + shift <= last), ours[np.clip(at + shift, 0, last)], np.nan
        )
        words = f"{abs(shift)} step(s) {'ahead' if shift > 0 else 'behind'}"
        yield "schedule-shift", f"the schedule {words}", "not shifted", moved
    factor = float(np.max(np.abs(theirs)) / max(float(np.max(np.abs(ours))), 1e-300))
    if not np.isclose(factor, 1.0, rtol=1e-9):
        yield "schedule-rate", f"{factor:.6g} times the rate", "", ours[at] * factor
    for length in _plateaus(theirs, at):
        epochs = f"stepped every {length} steps"
        yield "schedule-epoch", epochs, "every step", ours[(at // length) * length]
        yield "schedule-epoch", f"{epochs}, by the number of the epoch", "", ours[at // length]
    yield from _curves(theirs, ours, at)


def _curves(theirs: Rates, ours: Rates, at: Steps) -> Iterator[tuple[str, str, str, Rates]]:
    """Describe both tables as curves and name what differs."""
    total, every = len(ours), np.arange(len(ours), dtype=np.float64)
    steps = at.astype(np.float64)
    left, right = described(theirs, steps, total), described(ours, every, total)
    if left is None or right is None:
        return
    gaps = _gaps(left, right)
    if gaps:
        name = gaps[0][0]
        claim = " and ".join(words for _, words, _ in gaps)
        mine = " and ".join(words for _, _, words in gaps)
        yield name, claim, mine, left.rates(steps)


def _gaps(left: Curve, right: Curve) -> list[tuple[str, str, str]]:
    """Return the fields in which two curves differ, in words."""
    found = []
    if left.rise != right.rise:
        found.append(("warm-up", left.rise, right.rise))
    if left.shape != right.shape:
        found.append(("schedule-shape", f"a {left.shape} decay", f"a {right.shape} one"))
    elif left.shape != "constant":
        apart = left.lag != right.lag and left.origin != right.origin
        if apart or left.end != right.end:
            found.append(("schedule-length", _span(left), _span(right)))
        if not np.isclose(left.floor, right.floor, rtol=1e-9, atol=1e-15):
            word = "a factor per step of" if left.shape == "exponential" else "a last rate of"
            found.append(("schedule-floor", f"{word} {left.floor:.6g}", f"{right.floor:.6g}"))
    if not np.isclose(left.base, right.base, rtol=1e-9):
        found.append(("schedule-rate", f"a rate of {left.base:.6g}", f"{right.base:.6g}"))
    return found


def _span(curve: Curve) -> str:
    return f"a decay from step {curve.origin} to {curve.end}"


def _plateaus(rates: Rates, at: Steps) -> list[int]:
    """Return the lengths of an epoch that the places of change allow."""
    if len(at) > MOST_PLACES or not np.array_equal(at, np.arange(len(at))):
        return []
    changes = np.flatnonzero(np.diff(rates)) + 1
    if len(changes) == 0 or len(changes) == len(rates) - 1:
        return []
    length = int(np.gcd.reduce(changes))
    return [length] if length > 1 else []


def _ratio(theirs: Rates, ours: Rates, at: Steps) -> float:
    found = compared(theirs, ours, at)
    return 0.0 if found.ratio is None else found.ratio
