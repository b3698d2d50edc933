"""Give the verdict on one tensor: equal, another rounding of the same function, or different."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scaffold.core.comparison import Judgement, Verdict
from scaffold.parity.margin import chosen
from scaffold.parity.onepass import bits_equal, one_pass
from scaffold.parity.ratio import ratios_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LIMIT = 8.0
"""The greatest q that rounding explains.

Measured by `make bench-limits`; `docs/benchmarks/limits.md` is the distribution. Over 2400 harmless
pairs (attention, norms, GELU, a mean, linear layers and a patch convolution in two forms each, on
one and two threads) the worst q is 6.7 by norm, 16 by row and 12 by element with the noise measured
once, and 2.0, 3.5 and 4.0 with the noise of moved inputs added (`judged_again`). A softmax that is
saturated further than in these reached 8, 62 and 10 at first sight, and 2.6, 6.7 and 3.0 at second.

Against that stands the smallest defect that has to be seen, a LayerNorm eps of 1e-5 for 1e-6 on
inputs of unit variance: at least 25 at second sight (2e5 on inputs of low variance); weights that
went through float16 give at least 14. The limit lies between 6.7 and 14. A BatchNorm eps of 1.1e-5
for 1e-5 (q 2) stays below it on such inputs, and so do a GELU by tanh on inputs of low variance and
a LayerNorm eps on large ones, which is why there are several probes.
"""

TURNS = (1, 2)
"""How often the noise is measured on moved weights and inputs; two turns kept the harmless
rewrites above below the limit, and a third changed nothing."""

_ORDER = tuple(Verdict)

EQUAL = Judgement(verdict=Verdict.EQUAL, ratio=0.0)
"""Bit for bit the same."""


def judge(theirs: object, ours: object, exact: object, *, noise: object = None) -> Judgement:
    """Judge one tensor of ours against its golden.

    Args:
        theirs: The golden, a numpy array or a tensor.
        ours: What ours gives in the reference's precision.
        exact: What ours gives in float64.
        noise: What rounding does to ours, element by element; `ours - exact` when not given.
    """
    given = None if noise is None else np.asarray(noise)
    return _judged(array_of(theirs), array_of(ours), array_of(exact), noise=given)


def _judged(
    theirs: np.ndarray,
    ours: np.ndarray,
    exact: np.ndarray,
    *,
    noise: np.ndarray | None = None,
    moved: tuple[np.ndarray, ...] = (),
) -> Judgement:
    """Judge with the noise as it is given, or as the greatest distance of ours and the moved."""
    unlike = _unlike(theirs, ours)
    if unlike is not None:
        return unlike
    if not np.issubdtype(theirs.dtype, np.inexact):
        return _discrete(theirs, ours)
    unit = float(np.finfo(theirs.dtype).eps) / 2
    e = np.broadcast_to(exact, theirs.shape)
    y, f, e, *again = (_real(value) for value in (theirs, ours, e, *moved))
    if bits_equal(y, f):
        nan = int(np.count_nonzero(np.isnan(y)))
        return _nan(y, nan) if nan else EQUAL
    rows = rows_of(y.shape)
    sums = one_pass(y, f, e, noise=noise, moved=tuple(again), rows=rows or 1)
    if sums.odd:
        return Judgement(
            verdict=Verdict.DIFFERENT,
            ratio=float("inf"),
            worst=_at(y, f, sums.first_odd),
            reason=f"NaN or infinity stands in other places ({sums.odd} of {y.size})",
        )
    if sums.nan:
        return _nan(y, sums.nan)
    found = ratios_of(sums, unit, by_row=rows)
    ratio = max(found.norm, found.row, found.peak)
    agrees = ratio <= LIMIT
    return Judgement(
        verdict=Verdict.ROUNDING if agrees else Verdict.DIFFERENT,
        ratio=ratio,
        worst=_at(y, f, sums.worst),
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
    golden = array_of(theirs)
    center = near if exact is None else array_of(exact)
    if exact is not None:
        found = _judged(golden, near, center)
        if found.verdict is not Verdict.DIFFERENT or found.ratio is None:
            return found
    given = [array_of(value) for turn in TURNS if (value := again(turn)) is not None]
    moved = tuple(value for value in given if value.shape == near.shape)
    return _judged(golden, near, center, moved=moved)


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


def _real(value: np.ndarray) -> np.ndarray:
    """Give real numbers in C order; a complex tensor becomes pairs on a last axis."""
    plain = np.asarray(value, order="C")
    if np.iscomplexobj(plain):
        return plain.reshape(-1).view(plain.real.dtype).reshape(*plain.shape, 2)
    return plain


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


def _nan(theirs: np.ndarray, count: int) -> Judgement:
    return Judgement(
        verdict=Verdict.NOT_COMPARABLE,
        reason=f"theirs is NaN at {count} of {theirs.size} places, where nothing can be compared",
    )


def _worst(theirs: np.ndarray, ours: np.ndarray, gap: np.ndarray) -> str:
    return _at(theirs, ours, int(np.argmax(gap))) if gap.size else ""


def _at(theirs: np.ndarray, ours: np.ndarray, number: int) -> str:
    """Show an element of both, with its place."""
    place = tuple(int(i) for i in np.unravel_index(number, theirs.shape))
    return f"{_tuple(place)}: theirs {theirs[place]:.9g}, ours {ours[place]:.9g}"


def _shape(array: np.ndarray) -> str:
    return f"[{', '.join(map(str, array.shape))}]"


def _tuple(place: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, place))})"
