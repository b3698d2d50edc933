"""One pass in blocks says what the plain expressions over whole arrays say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scaffold.core.comparison import Verdict
from scaffold.parity import onepass
from scaffold.parity.judge import LIMIT, TURNS, judge, judged_again
from scaffold.parity.ratio import SHORT_ROW, over, ratios


def plain(theirs, ours, exact, noise=None):
    """Verdict, ratio and worst place, written as the formulas are."""
    if not np.issubdtype(theirs.dtype, np.inexact):
        wrong = theirs != ours
        return (Verdict.DIFFERENT, None) if wrong.any() else (Verdict.EQUAL, 0.0)
    unit = float(np.finfo(theirs.dtype).eps) / 2
    y, f, e = (real(value) for value in (theirs, ours, exact))
    same = (y == f) | (np.isnan(y) & np.isnan(f))
    if (~(np.isfinite(y) & np.isfinite(f)) & ~same).any():
        return Verdict.DIFFERENT, math.inf
    if np.isnan(y).any():
        return Verdict.NOT_COMPARABLE, None
    if theirs.tobytes() == ours.tobytes():
        return Verdict.EQUAL, 0.0
    finite = np.isfinite(y) & np.isfinite(e)
    y, f, e = (np.where(finite, value, 0.0) for value in (y, f, e))
    moved = np.abs(f - e) if noise is None else np.where(finite, noise, 0.0)
    ratio = max(plain_ratios(y, e, moved, unit))
    return (Verdict.ROUNDING if ratio <= LIMIT else Verdict.DIFFERENT), ratio


def plain_ratios(theirs, exact, noise, unit):
    gap, noise, size = np.abs(theirs - exact), np.abs(noise), np.abs(exact)
    length = np.linalg.norm
    peak = [float(np.max(value, initial=0.0)) for value in (gap, noise, size)]
    norm = over(length(gap), max(length(noise), unit / 2 * length(size)))
    greatest = over(peak[0], max(peak[1], unit / 2 * peak[2]))
    if gap.ndim < 2 or gap.shape[-1] < SHORT_ROW or not gap.size:
        return norm, 0.0, greatest
    gaps, noises, sizes = (
        length(value.reshape(-1, value.shape[-1]), axis=1) for value in (gap, noise, size)
    )
    relative = max(over(length(noise), length(size)), unit / 2)
    floor = np.maximum(np.maximum(noises, relative * sizes), length(noise) / len(gaps) ** 0.5 / 2)
    return norm, max(map(over, gaps, floor)), greatest


def real(value):
    if np.iscomplexobj(value):
        value = np.stack([value.real, value.imag], axis=-1)
    return value.astype(np.float64)


def agree(found, wanted):
    verdict, ratio = wanted
    assert found.verdict is verdict
    assert found.ratio == (ratio if ratio is None else pytest.approx(ratio, rel=1e-9))


def triple(shape, dtype, seed=0, off=1e-7):
    """Theirs and ours as two roundings of one tensor, and the tensor."""
    draw = np.random.RandomState(seed)
    exact = draw.standard_normal(shape) * np.exp2(draw.randint(-8, 8, shape))
    wide = np.float64
    if np.issubdtype(dtype, np.complexfloating):
        exact, wide = exact + 1j * draw.standard_normal(shape), np.complex128
    theirs = (exact * (1 + off * draw.standard_normal(shape))).astype(dtype)
    return theirs, np.asarray(exact, wide).astype(dtype), np.asarray(exact, wide)


SHAPES = [
    (), (1,), (0,), (3, 0), (0, 5), (7,), (5, 3), (4, 4), (2, 3, 33),
    (3, onepass.BLOCK), (2, onepass.BLOCK + 5), (onepass.BLOCK // 8 + 1, 8),
    (3 * onepass.BLOCK + 1,),
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("off", [1e-7, 1e-3])
def test_verdict_and_ratio_are_those_of_the_formulas(shape, dtype, off):
    given = triple(shape, dtype, off=off)

    agree(judge(*given), plain(*given))


@pytest.mark.parametrize("rows", [2, 7, 64])
def test_two_threads_say_what_one_says(rows, monkeypatch):
    theirs, ours, exact = triple((rows, 4099), "float32", off=1e-4)
    alone = judge(theirs, ours, exact)

    monkeypatch.setattr(onepass, "SHARED", 1)

    assert judge(theirs, ours, exact) == alone


@settings(deadline=None, max_examples=300)
@given(data=st.data(), dtype=st.sampled_from(["float16", "float32", "float64"]))
def test_any_numbers_are_judged_as_the_formulas_judge_them(data, dtype):
    shape = data.draw(arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6))
    numbers = st.floats(width=32, allow_subnormal=False).filter(
        lambda one: not 0 < abs(one) < 1e-30
    )
    wide = [data.draw(arrays.arrays(np.float32, shape, elements=numbers)) for _ in range(2)]
    with np.errstate(over="ignore"):
        theirs, ours = (value.astype(dtype) for value in wide)
    exact = wide[data.draw(st.integers(0, 1))].astype(np.float64)

    with np.errstate(invalid="ignore"):
        agree(judge(theirs, ours, exact), plain(theirs, ours, exact))


@settings(deadline=None)
@given(
    theirs=arrays.arrays(st.sampled_from(["int8", "int64", "bool"]), (2, 3)),
    flip=st.integers(0, 6),
)
def test_whole_numbers_are_judged_place_by_place(theirs, flip):
    ours = theirs.copy()
    if flip < 6:
        ours.flat[flip] = ~ours.flat[flip]

    agree(judge(theirs, ours, ours), plain(theirs, ours, ours))


@pytest.mark.parametrize("size", [6, 2 * onepass.BLOCK])
@pytest.mark.parametrize(
    ("theirs", "ours", "exact"),
    [
        (math.nan, math.nan, math.nan),
        (math.nan, 1.0, 1.0),
        (1.0, math.nan, 1.0),
        (math.inf, math.inf, math.inf),
        (math.inf, -math.inf, math.inf),
        (-math.inf, -math.inf, -1e39),
        (1.0, 1.0, math.nan),
        (1.0, math.inf, 1.0),
        (0.0, -0.0, 0.0),
    ],
)
def test_what_is_no_number_is_judged_as_the_formulas_judge_it(theirs, ours, exact, size):
    given = triple((size,), "float32")
    for array, value in zip(given, (theirs, ours, exact), strict=True):
        array[size - 2] = value

    with np.errstate(invalid="ignore"):
        agree(judge(*given), plain(*given))
    with np.errstate(invalid="ignore"):
        agree(judge(given[0], given[0], given[2]), plain(given[0], given[0], given[2]))


def test_the_places_without_numbers_are_counted_over_all_blocks():
    theirs, ours, exact = triple((4, onepass.BLOCK), "float32")
    theirs[1, 3], theirs[3, 9] = math.nan, math.inf

    found = judge(theirs, ours, exact)

    assert found.worst.startswith("(1, 3): theirs nan, ours ")
    assert found.reason == f"NaN or infinity stands in other places (2 of {theirs.size})"


def test_the_worst_element_is_the_first_of_the_greatest():
    theirs, ours, exact = triple((3, onepass.BLOCK), "float32")
    exact[:], ours[:], theirs[:] = 1.0, 1.0, 1.0
    theirs[1, 7] = theirs[2, 1] = 3.0

    assert judge(theirs, ours, exact).worst == "(1, 7): theirs 3, ours 1"


def test_a_layout_that_is_not_in_order_is_judged_in_order():
    theirs, ours, exact = triple((64, 48), "float32", off=1e-4)

    found = judge(theirs, np.asfortranarray(ours), torch.from_numpy(exact.T.copy()).T)

    assert found == judge(theirs, ours, exact)


def test_bfloat16_is_judged_as_it_is_stored():
    exact = torch.randn(8, 32, dtype=torch.float64)
    ours = exact.to(torch.bfloat16)

    found = judge(ours.float().numpy(), ours, exact)

    assert found.verdict is Verdict.EQUAL


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
@pytest.mark.parametrize("shadowed", [True, False])
def test_the_noise_of_moved_runs_is_the_greatest_of_all(dtype, shadowed):
    theirs, ours, exact = triple((5, 40), dtype, off=1e-4)
    moved = {turn: triple((5, 40), dtype, off=10.0**-turn)[0] for turn in TURNS}
    center = exact if shadowed else ours
    noise = np.abs(real(ours) - real(center))
    for turn in TURNS:
        noise = np.fmax(noise, np.abs(real(moved[turn]) - real(center)))

    found = judged_again(theirs, ours, exact if shadowed else None, moved.get)

    agree(found, plain(theirs, ours, center, noise))
    agree(judge(theirs, ours, center, noise=noise), plain(theirs, ours, center, noise))


def test_a_moved_run_of_another_shape_is_left_out():
    theirs, ours, exact = triple((5, 40), "float32", off=1e-4)

    found = judged_again(theirs, ours, exact, lambda _: ours[:2])

    assert found == judge(theirs, ours, exact)


@settings(deadline=None)
@given(seed=st.integers(0, 99), rows=st.integers(0, 9), width=st.integers(0, 9))
def test_the_ratios_of_given_noise_are_those_of_the_formulas(seed, rows, width):
    draw = np.random.RandomState(seed)
    theirs, exact, noise = (draw.standard_normal((rows, width)) for _ in range(3))

    found = ratios(theirs, exact, noise, 2.0**-24)

    wanted = plain_ratios(theirs, exact, noise, 2.0**-24)
    assert (found.norm, found.row, found.peak) == pytest.approx(wanted, rel=1e-9)


def test_equal_bits_are_found_without_a_look_at_the_shadow():
    theirs = np.ones((2, 3), "f4")

    assert judge(theirs, theirs, np.full((2, 3), 5.0)).verdict is Verdict.EQUAL


def test_no_more_than_a_block_is_looked_at_together(monkeypatch):
    """Temporaries do not grow with the tensor."""
    seen = []
    block = onepass._Look._block
    monkeypatch.setattr(
        onepass._Look,
        "_block",
        lambda self, found, rows, buffers, at: (
            seen.append(buffers.shape),
            block(self, found, rows, buffers, at),
        ),
    )

    judge(*triple((3, 2 * onepass.BLOCK + 1), "float32"))

    assert len(seen) == 9
    assert max(shape[1] for shape in seen) == onepass.BLOCK
