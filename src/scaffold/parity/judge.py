"""Give the verdict on one tensor: equal, another rounding of the same function, or different."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scaffold.core.comparison import Judgement, Verdict
from scaffold.parity.margin import chosen
from scaffold.parity.ratio import Numbers, ratios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LIMIT = 8.0
"""The greatest q that rounding explains.

Measured with torch 2.13 on a CPU, on 2700 pairs of harmless rewrites over widths 8 to 256, 4 to 64
tokens, 3 seeds and five kinds of input (scaled-dot-product against written-out softmax and einsum,
split against fused q/k/v, written-out LayerNorm, GELU, BatchNorm and mean, a linear layer as einsum
and as a sum of products, a patch convolution as unfold and matmul), and 900 of them again on two
threads. With the noise measured once, 99 % have a q below 1.9 by norm, 4.4 by row and 3.1 by
element, but a saturated softmax reaches 8.1, 62 and 10.5. With the noise of moved inputs added
(`judged_again`) the worst of all are 2.6, 6.7 and 3.0, two threads included.

Against that stands the smallest defect that has to be seen, a LayerNorm eps of 1e-5 for 1e-6 on
inputs of unit variance: after the second measurement at least 16 by norm and 18 by the greatest
form (46 before it; 2500 on inputs of low variance). The limit lies between 6.7 and 18. A BatchNorm
eps of 1.1e-5 for 1e-5 (q 1 to 5 after the second measurement) stays below it, and is not seen.
"""

TURNS = (1, 2)
"""How often the noise is measured on moved weights and inputs; two turns kept the harmless
rewrites above below the limit, and a third changed nothing."""

_ORDER = tuple(Verdict)


def judge(theirs: object, ours: object, exact: object, *, noise: object = None) -> Judgement:
    """Judge one tensor of ours against its golden.

    Args:
        theirs: The golden, a numpy array or a tensor.
        ours: What ours gives in the reference's precision.
        exact: What ours gives in float64.
        noise: What rounding does to ours, element by element; `ours - exact` when not given.
    """
    y, f, e = array_of(theirs), array_of(ours), array_of(exact)
    unlike = _unlike(y, f)
    if unlike is not None:
        return unlike
    if not np.issubdtype(y.dtype, np.inexact):
        return _discrete(y, f)
    unit = float(np.finfo(y.dtype).eps) / 2
    numbers = [_real(value) for value in (y, f, e)]
    odd = _odd(numbers[0], numbers[1])
    if odd is not None:
        return odd
    if y.tobytes() == f.tobytes():
        return Judgement(verdict=Verdict.EQUAL, ratio=0.0)
    finite = np.isfinite(numbers[0]) & np.isfinite(numbers[2])
    y, f, e = (np.where(finite, value, 0.0) for value in numbers)
    moved = f - e if noise is None else np.where(finite, np.asarray(noise, dtype=np.float64), 0.0)
    found = ratios(y, e, moved, unit)
    ratio = max(found.norm, found.row, found.peak)
    agrees = ratio <= LIMIT
    return Judgement(
        verdict=Verdict.ROUNDING if agrees else Verdict.DIFFERENT,
        ratio=ratio,
        worst=_worst(y, f, np.abs(y - e)),
        reason="" if agrees else _said(found.norm, found.row, found.peak),
    )


def judged_again(
    theirs: object, ours: object, exact: object, again: Callable[[int], object | None]
) -> Judgement:
    """Judge, and when the limit is exceeded measure the noise on moved weights and inputs too.

    One rounding can be small by luck, and a saturated softmax or a cancellation passes a rounding
    of its input on many times greater; neither makes ours another function.

    Args:
        theirs: The golden.
        ours: What ours gives in the reference's precision.
        exact: What ours gives in float64; None where there is no float64.
        again: What ours gives in the n-th turn, with everything moved by one unit round-off.
    """
    near = array_of(ours)
    if not np.issubdtype(near.dtype, np.inexact):
        return _choice(array_of(theirs), near, exact, again)
    if exact is not None:
        found = judge(theirs, ours, exact)
        if found.verdict is not Verdict.DIFFERENT or found.ratio is None:
            return found
    center = near if exact is None else array_of(exact)
    with np.errstate(invalid="ignore"):  # masks of infinity; `judge` leaves their places out
        noise = np.abs(_real(near) - _real(center))
        for turn in TURNS:
            moved = again(turn)
            if moved is not None and array_of(moved).shape == near.shape:
                noise = np.fmax(noise, np.abs(_real(array_of(moved)) - _real(center)))
    return judge(theirs, near, center, noise=noise)


def _choice(
    theirs: np.ndarray, ours: np.ndarray, exact: object, again: Callable[[int], object | None]
) -> Judgement:
    """Judge whole numbers: they agree, or rounding explains where they do not."""
    found = judge(theirs, ours, ours)
    if found.verdict.agrees or theirs.dtype != ours.dtype or theirs.ndim != ours.ndim:
        return found

    def seen(turn: int) -> np.ndarray | None:
        value = again(turn) if turn else exact
        return None if value is None else array_of(value)

    return chosen(theirs, ours, seen) or found


def worst_of(judgements: Iterable[Judgement]) -> Judgement:
    """Give the judgement that speaks most against ours, the first of equals."""
    return max(judgements, key=lambda one: (_ORDER.index(one.verdict), one.ratio or 0.0))


def _said(norm: float, row: float, peak: float) -> str:
    return f"q is {norm:.3g} by norm, {row:.3g} in the worst row, {peak:.3g} at the worst element"


def array_of(value: Any) -> np.ndarray:  # noqa: ANN401 - torch is not needed to judge
    """Give any tensor as an array; what numpy cannot hold becomes dense, or float32."""
    if not hasattr(value, "detach"):
        return np.asarray(value)
    value = value.detach().cpu()
    if str(value.layout) != "torch.strided":
        value = value.to_dense()
    # numpy has no bfloat16; float32 holds every value of it.
    return np.asarray((value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy())


def _real(value: np.ndarray) -> Numbers:
    """Give float64 numbers; a complex tensor becomes pairs on a last axis."""
    if np.iscomplexobj(value):
        return np.stack([value.real, value.imag], axis=-1).astype(np.float64)
    return value.astype(np.float64)


def _unlike(theirs: np.ndarray, ours: np.ndarray) -> Judgement | None:
    if theirs.shape == ours.shape and theirs.dtype == ours.dtype:
        return None
    return Judgement(
        verdict=Verdict.SHAPE,
        reason=f"theirs is {theirs.dtype}{_shape(theirs)}, ours is {ours.dtype}{_shape(ours)}",
    )


def _discrete(theirs: np.ndarray, ours: np.ndarray) -> Judgement:
    wrong = theirs != ours
    if not wrong.any():
        return Judgement(verdict=Verdict.EQUAL, ratio=0.0)
    return Judgement(
        verdict=Verdict.DIFFERENT,
        worst=_worst(theirs, ours, wrong),
        reason=f"{int(wrong.sum())} of {wrong.size} values differ, and they are no real numbers",
    )


def _odd(theirs: Numbers, ours: Numbers) -> Judgement | None:
    """Judge NaN and infinity: their places first, because a norm would drown in them."""
    same = (theirs == ours) | (np.isnan(theirs) & np.isnan(ours))
    odd = ~(np.isfinite(theirs) & np.isfinite(ours)) & ~same
    if odd.any():
        return Judgement(
            verdict=Verdict.DIFFERENT,
            ratio=float("inf"),
            worst=_worst(theirs, ours, odd),
            reason=f"NaN or infinity stands in other places ({int(odd.sum())} of {odd.size})",
        )
    if np.isnan(theirs).any():
        return Judgement(
            verdict=Verdict.NOT_COMPARABLE,
            reason=f"theirs is NaN at {int(np.isnan(theirs).sum())} of {theirs.size} places, "
            "where nothing can be compared",
        )
    return None


def _worst(theirs: np.ndarray, ours: np.ndarray, gap: np.ndarray) -> str:
    if not gap.size:
        return ""
    place = tuple(int(i) for i in np.unravel_index(int(np.argmax(gap)), gap.shape))
    return f"{_tuple(place)}: theirs {theirs[place]:.9g}, ours {ours[place]:.9g}"


def _shape(array: np.ndarray) -> str:
    return f"[{', '.join(map(str, array.shape))}]"


def _tuple(place: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, place))})"
