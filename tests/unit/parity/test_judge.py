"""The verdict on one tensor, and the second look that a great ratio gets."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from scaffold.core.comparison import Judgement, Verdict
from scaffold.parity.judge import LIMIT, judge, judged_again, worst_of
from scaffold.trace.replay import run


def test_the_same_bits_are_equal():
    array = np.random.default_rng(0).normal(size=5).astype("f4")

    assert judge(array, array, array) == Judgement(verdict=Verdict.EQUAL, ratio=0.0)


def test_tensors_are_judged_as_arrays_are():
    one = torch.ones(3, requires_grad=True)

    assert judge(one, one, one.double()).verdict is Verdict.EQUAL


def test_a_difference_says_how_far_and_where():
    exact = np.linspace(1, 2, 6).reshape(2, 3)
    ours = exact.astype("f4")
    theirs = ours.copy()
    theirs[1, 2] = 3.0

    found = judge(theirs, ours, exact)

    assert found.verdict is Verdict.DIFFERENT
    assert found.ratio > LIMIT
    assert found.worst == "(1, 2): theirs 3, ours 2"
    assert found.reason.startswith("q is ")


def layer_norms(eps, scale=1.0):
    torch.manual_seed(0)
    theirs, ours = nn.LayerNorm(64, eps=1e-6), nn.LayerNorm(64, eps=eps)
    x = scale * torch.randn(8, 64)
    return theirs(x).detach(), ours, x


def looked(eps, scale=1.0):
    theirs, ours, x = layer_norms(eps, scale)
    exact = run(ours, (x,), {}, dtype=torch.float64).output
    return judged_again(
        theirs,
        run(ours, (x,), {}).output,
        exact,
        lambda turn: run(ours, (x,), {}, turn=turn).output,
    )


def test_an_eps_of_1e_5_for_1e_6_is_different_even_at_second_sight():
    found = looked(1e-5)

    assert found.verdict is Verdict.DIFFERENT
    assert found.ratio > 2 * LIMIT
    assert looked(1e-6).verdict is Verdict.EQUAL


def test_a_layer_norm_written_out_is_rounding():
    theirs, _ours, x = layer_norms(1e-6)

    def written(x):
        y = x - x.mean(-1, keepdim=True)
        return y / torch.sqrt((y * y).mean(-1, keepdim=True) + 1e-6)

    found = judge(theirs, written(x), written(x.double()))

    assert found.verdict is Verdict.ROUNDING
    assert found.ratio < 4


def test_a_saturated_softmax_gets_its_noise_measured_again():
    torch.manual_seed(1)
    scores = 20 * torch.randn(4, 8, 64)
    exact = scores.double().softmax(-1)
    near = exact.float()
    theirs = (scores * (1 + 1e-7)).softmax(-1)

    assert judge(theirs, near, exact).verdict is Verdict.DIFFERENT
    again = judged_again(
        theirs, near, exact, lambda turn: (scores * (1 + (-1) ** turn * 1.2e-7)).softmax(-1)
    )
    assert again.verdict is Verdict.ROUNDING


def test_without_a_shadow_the_noise_comes_from_moved_inputs_alone():
    theirs = np.array([1.0, 2.0, 3.0, 4.0], "f4")

    near = judged_again(theirs, theirs * np.float32(1 + 1e-7), None, lambda _: theirs)
    far = judged_again(theirs, theirs * np.float32(1.01), None, lambda _: theirs * 1.0101)

    assert near.verdict is Verdict.ROUNDING
    assert far.verdict is Verdict.DIFFERENT


def test_complex_numbers_are_judged_by_both_of_their_parts():
    theirs = np.array([1 + 1j, 2 + 2j], "c8")

    assert judge(theirs, theirs.conj(), theirs.conj().astype("c16")).verdict is Verdict.DIFFERENT
    assert judge(theirs, theirs, theirs).verdict is Verdict.EQUAL


def test_the_worst_is_the_worst_verdict_and_then_the_greatest_ratio():
    near, nearer = (Judgement(verdict=Verdict.ROUNDING, ratio=ratio) for ratio in (2.0, 1.0))
    shape = Judgement(verdict=Verdict.SHAPE)

    assert worst_of([nearer, near]) is near
    assert worst_of([near, shape, nearer]) is shape
