"""Measure the distance between theirs and ours in units of the rounding that ours itself makes.

`q = ||theirs - exact|| / max(||rounding_i - exact||, u/2 ||exact||)`, where `exact` is ours in
float64 and every rounding is ours in float32: once as it is, and a few times on inputs moved by
one unit round-off. One rounding alone can be right by luck, which for a single number it often is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.core.comparison import Judgement, Verdict
from scaffold.parity.ratio import Numbers, length, over

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

UNIT = float(torch.finfo(torch.float32).eps) / 2
"""Unit round-off of float32."""
_ORDER = {verdict: place for place, verdict in enumerate(Verdict)}


def numbers(value: Tensor | np.ndarray | float) -> Numbers:
    """Return what was computed as float64 numbers."""
    if isinstance(value, torch.Tensor):
        value = value.detach().double().numpy()
    return np.asarray(value, dtype=np.float64)


def judged(
    theirs: Numbers, exact: Numbers, roundings: Sequence[Numbers], *, limit: float, probe: str = ""
) -> Judgement:
    """Judge a tensor by its norm and by its largest element, whichever stands out more."""
    odd = incomparable(theirs, exact, roundings, probe=probe)
    if odd is not None:
        return odd
    errors = [_between(rounding, exact) for rounding in roundings]
    floor, gap = UNIT / 2 * _between(exact, np.zeros_like(exact)), _between(theirs, exact)
    ratio = max(
        over(size(gap), max(size(error) for error in [floor, *errors]))
        for size in (length, _largest)
    )
    return verdict(theirs, exact, ratio, limit=limit, probe=probe)


def judged_each(
    theirs: Numbers, exact: Numbers, noise: Numbers, *, limit: float, probe: str = ""
) -> Judgement:
    """Judge a tensor whose elements have each a noise of their own, by the root mean square."""
    odd = incomparable(theirs, exact, [], probe=probe)
    if odd is not None:
        return odd
    gap = np.abs(_between(theirs, exact))
    each = np.divide(gap, noise, out=np.where(gap > 0, np.inf, 0.0), where=noise > 0)
    ratio = float(np.sqrt(np.mean(each**2))) if each.size else 0.0
    return verdict(theirs, exact, ratio, limit=limit, probe=probe)


def incomparable(
    theirs: Numbers, exact: Numbers, roundings: Sequence[Numbers], *, probe: str
) -> Judgement | None:
    """Return a verdict when shapes, or the places of NaN and infinity, already differ."""
    if theirs.shape != exact.shape:
        reason = f"theirs has the shape {theirs.shape}, ours {exact.shape}"
        return Judgement(verdict=Verdict.SHAPE, probe=probe, reason=reason)
    for ours in [*roundings[:1], exact]:
        same = np.isfinite(theirs) == np.isfinite(ours)
        odd = ~same | (~np.isfinite(theirs) & ~_alike(theirs, ours))
        if odd.any():
            return Judgement(
                verdict=Verdict.DIFFERENT,
                ratio=float("inf"),
                worst=_worst(theirs, ours, odd.astype(np.float64)),
                probe=probe,
                reason="NaN or infinity is not in the same places",
            )
    return None


def verdict(
    theirs: Numbers, ours: Numbers, ratio: float, *, limit: float, probe: str = ""
) -> Judgement:
    """Turn a ratio into a verdict, with the element that differs most."""
    gap = np.abs(_between(theirs, ours))
    word = Verdict.ROUNDING if ratio <= limit else Verdict.DIFFERENT
    if not gap.any():
        word = Verdict.EQUAL
    return Judgement(
        verdict=word,
        ratio=ratio,
        worst="" if word is Verdict.EQUAL else _worst(theirs, ours, gap),
        probe=probe,
    )


def worst_of(judgements: Iterable[Judgement]) -> Judgement:
    """Return the judgement that speaks most against ours; the earlier one of two equals."""
    return max(judgements, key=lambda one: (_ORDER[one.verdict], one.ratio or 0.0))


def first_of(judgements: Sequence[Judgement]) -> Judgement:
    """Return the first judgement that does not agree, or the worst when all do."""
    return next((one for one in judgements if not one.verdict.agrees), worst_of(judgements))


def _between(left: Numbers, right: Numbers) -> Numbers:
    """Subtract where both are finite; where they are not has been compared before."""
    both = np.isfinite(left) & np.isfinite(right)
    return np.subtract(left, right, out=np.zeros(both.shape), where=both)


def _largest(value: Numbers) -> float:
    return float(np.max(np.abs(value), initial=0.0))


def _alike(left: Numbers, right: Numbers) -> NDArray[np.bool_]:
    return np.asarray((left == right) | (np.isnan(left) & np.isnan(right)))


def _worst(theirs: Numbers, ours: Numbers, gap: Numbers) -> str:
    place = np.unravel_index(int(np.argmax(gap)), gap.shape) if gap.shape else ()
    at = "" if not place else f"({', '.join(str(int(i)) for i in place)}): "
    return f"{at}theirs {theirs[place]:.9g}, ours {ours[place]:.9g}"
