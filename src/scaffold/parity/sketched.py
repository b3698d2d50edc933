"""Judge one tensor of a full model by its sketch, in the words and units of `judge`.

    q = ||S(theirs) - S(exact)|| / max(||S(ours) - S(exact)||, u/2 ||exact||)

The norm of a difference is estimated from signed sums, so this q is an estimate: right within the
factor `scaffold.golden.sketch.SPREAD` in 99 of 100 cases. The smallest defect that has to be seen
has a q of 16 and more, harmless rewrites have at most 2.6, and the limit of 8 lies further than
that factor from both (see `judge.LIMIT`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.core.comparison import Judgement, Verdict
from scaffold.golden.sketch import SPREAD, Sketch, distance, places, sketch
from scaffold.parity.judge import LIMIT, TURNS
from scaffold.parity.ratio import over

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

NOTE = f"q is estimated from sketches, within a factor of {SPREAD:g}"

_UNITS = {
    "float16": 2.0**-11,
    "bfloat16": 2.0**-8,
    "float32": 2.0**-24,
    "float64": 2.0**-53,
    "complex64": 2.0**-24,
    "complex128": 2.0**-53,
}
"""Unit round-off; whole numbers and bool have none, and are compared bit for bit."""


def look(leaf: Tensor) -> Sketch:
    """Take the sketch of a tensor."""
    dtype = str(leaf.dtype).removeprefix("torch.")
    plain = leaf.detach().resolve_conj().resolve_neg().cpu()
    plain = plain.float() if plain.dtype is torch.bfloat16 else plain
    return sketch(plain.numpy(), dtype=dtype)


def judged(
    theirs: Sketch,
    ours: Sketch,
    exact: Sketch | None,
    again: Callable[[int], Sketch | None],
) -> Judgement:
    """Judge a tensor of ours against the sketch of theirs.

    Args:
        theirs: What was recorded.
        ours: What ours gives in the reference's precision.
        exact: What ours gives in float64; None where there is no float64.
        again: What ours gives in the n-th turn, with everything moved by one unit round-off; asked
            when the first look finds a difference.
    """
    if (theirs.dtype, theirs.shape) != (ours.dtype, ours.shape):
        return Judgement(
            verdict=Verdict.SHAPE,
            reason=f"theirs is {_kind(theirs)}, ours is {_kind(ours)}",
        )
    if theirs.same(ours):
        return Judgement(verdict=Verdict.EQUAL, ratio=0.0)
    if theirs.odd != ours.odd:
        return Judgement(
            verdict=Verdict.DIFFERENT,
            ratio=float("inf"),
            reason=f"NaN or infinity stands in other places (theirs has {_odd(theirs)}, ours "
            f"{_odd(ours)} of {theirs.size})",
        )
    unit = _UNITS.get(theirs.dtype)
    if unit is None:
        return Judgement(
            verdict=Verdict.DIFFERENT,
            worst=_worst(theirs, ours),
            reason="values differ, and they are no real numbers",
        )
    if exact is not None and exact.odd != ours.odd:
        exact = None
    center = ours if exact is None else exact
    gap, noise = distance(theirs, center), max(distance(ours, center), unit / 2 * center.norm)
    if exact is None or over(gap, noise) > LIMIT:
        moved = [again(turn) for turn in TURNS]
        noise = max([noise, *(distance(one, center) for one in moved if one is not None)])
    ratio = over(gap, noise)
    agrees = ratio <= LIMIT
    return Judgement(
        verdict=Verdict.ROUNDING if agrees else Verdict.DIFFERENT,
        ratio=ratio,
        worst=_worst(theirs, ours),
        reason="" if agrees else NOTE,
    )


def _worst(theirs: Sketch, ours: Sketch) -> str:
    """Show the kept element that differs most; which is worst of all, a sketch cannot say."""
    gaps = abs(theirs.sample - ours.sample)
    if not gaps.size or not gaps.max() > 0.0:
        return ""
    worst = int(gaps.argmax())
    place = ", ".join(map(str, places(theirs.shape)[worst]))
    return f"({place}): theirs {theirs.sample[worst]:.9g}, ours {ours.sample[worst]:.9g}"


def _kind(one: Sketch) -> str:
    return f"{one.dtype}[{', '.join(map(str, one.shape))}]"


def _odd(one: Sketch) -> str:
    return one.odd.partition(" ")[0] or "none"
