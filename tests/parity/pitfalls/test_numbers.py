"""NaN, infinity, cancellation and the number of threads."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from scaffold.core.comparison import Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle
from scaffold.parity import judge

X = torch.randn(4, 8, generator=torch.Generator().manual_seed(0))
TOKENS = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(0))


class Scores(nn.Module):
    """Scores of attention; what is masked is minus infinity."""

    def __init__(self, after):
        super().__init__()
        self.after = after

    def forward(self, q, k):
        tokens = q.shape[1]
        later = torch.ones(tokens, tokens, dtype=torch.bool).triu(self.after)
        return (q @ k.mT).masked_fill(later, -math.inf)


class Attention(nn.Module):
    def __init__(self, after=1):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(8, 8) for _ in range(3))
        self.scores = Scores(after)

    def forward(self, x):
        return self.scores(self.q(x), self.k(x)).softmax(-1) @ self.v(x)


@pytest.mark.filterwarnings("error")
def test_masks_of_minus_infinity_are_compared_around(compared):
    assert compared(Attention(), Attention(), TOKENS).agrees

    found = compared(Attention(), Attention(after=2), TOKENS)

    assert found.first.place == "scores"
    assert "theirs -inf, ours " in found.first.because


def test_a_row_that_is_masked_whole_is_refused_with_the_part_in_which_nan_begins(compared):
    with pytest.raises(ScaffoldError) as failure:
        compared(Attention(after=0), Attention(after=0), TOKENS)

    assert failure.value.what.startswith("the output of the model (Attention) is not finite")


def test_nan_everywhere_in_the_reference_is_refused_with_the_first_part(compared):
    class Broken(nn.Module):
        def forward(self, x):
            return (x - x) / (x - x)

    model = nn.Sequential(nn.Linear(8, 8), Broken(), nn.Linear(8, 8))

    with pytest.raises(ScaffoldError) as failure:
        compared(model, model, X)

    assert failure.value.what == (
        "the output of 1 (Broken) is not finite, however small the jitter of the weights"
    )


def test_nan_everywhere_in_ours_is_said_at_the_part_where_it_begins(compared):
    class Sure(nn.Module):
        def __init__(self, scale):
            super().__init__()
            self.scale = scale

        def forward(self, x):
            return x * self.scale

    def model(scale):
        return nn.Sequential(nn.Linear(8, 8), Sure(scale), nn.Linear(8, 8))

    found = compared(model(1.0), model(math.nan), X)

    assert found.first.place == "1"
    assert "ours nan" in found.first.because
    reason = next(row.local.reason for row in found.parts if row.ours == "1")
    assert reason.startswith("NaN or infinity stands in other places (")


def test_nan_on_one_side_never_passes():
    theirs, ours = np.ones(8, "f4"), np.ones(8, "f4")
    ours[3] = np.nan

    for pair in ((theirs, ours), (ours, theirs)):
        found = judge(*pair, pair[1])
        assert found.verdict is Verdict.DIFFERENT
        assert found.reason == "NaN or infinity stands in other places (1 of 8)"
        assert found.worst.startswith("(3): ")


def test_nan_on_both_sides_is_not_comparable_and_no_pass():
    both = np.array([1, np.nan], "f4")

    found = judge(both, both, both)

    assert found.verdict is Verdict.NOT_COMPARABLE
    assert found.reason == "theirs is NaN at 1 of 2 places, where nothing can be compared"


def test_infinity_in_the_same_places_is_compared_around():
    theirs = np.array([-np.inf, 1.0, 2.0], "f4")

    assert judge(theirs, theirs, theirs.astype("f8")).verdict is Verdict.EQUAL
    assert judge(theirs, -theirs, -theirs).verdict is Verdict.DIFFERENT


class Formed(nn.Module):
    def __init__(self, form):
        super().__init__()
        self.linear, self.form = nn.Linear(8, 8), form

    def forward(self, x):
        return self.form(self.linear(x))


def test_what_is_left_of_a_cancellation_is_judged_by_what_was_lost(compared):
    def there_and_back(y):
        return (y + 1000.0) - 1000.0

    def the_other_way(y):
        return (y - 1000.0) + 1000.0

    assert compared(Formed(there_and_back), Formed(the_other_way), X).agrees

    found = compared(Formed(there_and_back), Formed(lambda y: the_other_way(1.01 * y)), X)

    assert found.first.place == "the model"


def test_a_variance_from_the_mean_of_squares_is_another_rounding(compared):
    def centred(y):
        return y / (y.var(-1, keepdim=True, unbiased=False) + 1e-5).sqrt()

    def of_squares(y, eps=1e-5):
        variance = y.square().mean(-1, keepdim=True) - y.mean(-1, keepdim=True).square()
        return y / (variance + eps).sqrt()

    assert compared(Formed(centred), Formed(of_squares), X + 5).agrees
    assert not compared(Formed(centred), Formed(lambda y: of_squares(y, 1e-3)), X + 5).agrees


def test_the_threads_and_the_machine_of_the_recording_do_not_decide(compared):
    """The noise is measured where the comparison runs, on one thread whoever asks for more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert compared(Attention(), Attention(), TOKENS).agrees
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)


def test_goldens_of_another_machine_are_judged_by_the_noise_of_this_one(compared, tmp_path):
    """Theirs' numbers in another order of summation, as other vector units give them."""

    class Turned(nn.Linear):
        def forward(self, x):
            return (x.flip(-1) @ self.weight.flip(-1).T) + self.bias

    assert compared(Turned(64, 8), nn.Linear(64, 8), torch.randn(16, 64)).agrees
    provenance = Bundle.read(tmp_path / "goldens").provenance
    assert {"architecture", "system", "vector"} <= provenance["machine"].keys()
    assert provenance["threads"] == 1


def test_one_wrong_element_in_many_is_seen():
    rng = np.random.default_rng(0)
    exact = rng.normal(size=(64, 256))
    ours = exact.astype("f4")
    theirs = ours.copy()
    theirs[3, 7] += 1e-5

    found = judge(theirs, ours, exact)

    assert found.verdict is Verdict.DIFFERENT
    assert found.worst.startswith("(3, 7): theirs ")


def test_a_permutation_with_the_same_norm_is_seen():
    exact = np.random.default_rng(0).normal(size=(4, 8))
    ours = exact.astype("f4")

    assert judge(ours[:, ::-1], ours, exact).verdict is Verdict.DIFFERENT


def test_shape_and_dtype_come_before_values():
    one, two = np.zeros((2, 3), "f4"), np.zeros((3, 2), "f4")

    assert judge(one, two, two).reason == "theirs is float32[2, 3], ours is float32[3, 2]"
    assert judge(one, one.astype("f8"), one).verdict is Verdict.SHAPE
    assert judge(one.astype("i8"), one.astype("i4"), one).verdict is Verdict.SHAPE
