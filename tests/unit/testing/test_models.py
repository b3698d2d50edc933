"""Two modules in memory are compared without a repository, and stay as they were."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as fn

from scaffold.core.comparison import Rung
from scaffold.core.errors import ScaffoldError
from scaffold.testing import ParityDivergence, assert_same_model, compare_models


class Theirs(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(8, eps=1e-6)
        self.up = nn.Linear(8, 16)
        self.act = nn.GELU()
        self.down = nn.Linear(16, 8)

    def forward(self, x):
        return x + self.down(self.act(self.up(self.norm(x))))


class Ours(nn.Module):
    """The same, with another name, and an activation that is no part."""

    def __init__(self, eps=1e-6):
        super().__init__()
        self.norm = nn.LayerNorm(8, eps=eps)
        self.widen = nn.Linear(8, 16)
        self.down = nn.Linear(16, 8)

    def forward(self, x):
        return self.down(fn.gelu(self.widen(self.norm(x)))) + x


X = torch.randn(4, 8, generator=torch.Generator().manual_seed(0))
NAMES = {"up": "widen"}


def test_the_same_model_is_true_and_shows_its_table():
    found = compare_models(Theirs(), Ours(), X, weights=NAMES)

    assert found
    assert found.first is None
    assert {row.ours for row in found.parts} == {"", "norm", "widen", "down"}
    lines = str(found).splitlines()
    assert lines[0] == "parity with Theirs, bundle in memory"
    assert "note: excused: act (GELU): ours has no part of that name" in lines
    assert lines[-1].startswith("agrees: all ")


def test_another_constant_is_false_and_says_where_and_why():
    found = compare_models(Theirs(), Ours(eps=1e-5), X, weights=NAMES)

    assert not found
    assert found.first.place == "norm"
    assert "eps=1e-06 reproduces it" in found.first.evidence[0]
    assert "first divergence: norm" in str(found).splitlines()


def test_an_assertion_fails_with_the_anatomy_and_gives_the_comparison_otherwise():
    assert assert_same_model(Theirs(), Ours(), X, weights=NAMES).agrees

    with pytest.raises(ParityDivergence) as failure:
        assert_same_model(Theirs(), Ours(eps=1e-5), X, weights=NAMES)

    headings = [line.split()[0] for line in str(failure.value).splitlines()]
    assert headings == ["first", "where", "how", "since", "cause", "do", "also"]


def test_neither_module_changes():
    sides = Theirs().train(), Ours(eps=1e-5)
    sides[0].up.weight.grad = torch.ones(16, 8)
    before = [copy.deepcopy(side.state_dict()) for side in sides]
    drawn = torch.get_rng_state()

    compare_models(*sides, X, weights=NAMES)

    for side, state in zip(sides, before, strict=True):
        assert all(torch.equal(value, state[name]) for name, value in side.state_dict().items())
        assert not any(part._forward_hooks for part in side.modules())
    assert sides[0].training
    assert torch.equal(sides[0].up.weight.grad, torch.ones(16, 8))
    assert torch.equal(torch.get_rng_state(), drawn)


def test_the_weights_as_they_are_do_not_have_to_agree():
    """The question is whether they compute the same, so ours gets theirs' weights."""
    torch.manual_seed(0)

    assert compare_models(Theirs(), Theirs(), X)


def test_weights_without_a_counterpart_are_named_with_what_to_write():
    with pytest.raises(ParityDivergence) as failure:
        assert_same_model(Theirs(), Ours(), X)

    assert str(failure.value).startswith(
        "first divergence: map\n"
        "  where    rung weights\n"
        "  how far  not measured\n"
        "  cause    of theirs, up.weight, up.bias has no counterpart; "
        "of ours, widen.bias, widen.weight\n"
        '  do       pair what belongs together: weights={"<of theirs>": "<of ours>"}\n'
    )


def test_a_name_that_theirs_has_not_is_refused():
    with pytest.raises(ScaffoldError) as failure:
        compare_models(Theirs(), Ours(), X, weights={"upp": "widen"})

    assert str(failure.value) == (
        "weights: theirs has no part or weight called upp\n"
        "  try: see the names of theirs: [name for name, _ in theirs.named_modules()]"
    )


def test_what_theirs_has_for_training_alone_can_be_left_out():
    class Aided(Theirs):
        def __init__(self):
            super().__init__()
            self.aid = nn.Linear(8, 2)

    assert not compare_models(Aided(), Theirs(), X)
    assert compare_models(Aided(), Theirs(), X, weights={"aid": None})


def test_a_gradient_that_is_cut_is_seen():
    class Cut(Theirs):
        def forward(self, x):
            return x + self.down(self.act(self.up(self.norm(x)))).detach()

    found = compare_models(Theirs(), Cut(), X)

    assert not found
    assert found.first.rung is Rung.GRADIENT


def test_a_module_that_cannot_be_copied_is_refused():
    model = Theirs()
    model.trace = model.up(X)

    with pytest.raises(ScaffoldError, match=r"^ours: Theirs cannot be copied \(RuntimeError: "):
        compare_models(Theirs(), model, X)


def test_a_module_that_raises_is_a_divergence():
    class Broken(Theirs):
        def forward(self, x):
            raise KeyError("mask" if x.ndim else "")

    found = compare_models(Theirs(), Broken(), X)

    assert not found
    assert "ours raises: KeyError: 'mask'" in found.first.because


@pytest.mark.parametrize("inputs", [[], 3.0, [X, "mask"], torch.tensor(1.0)])
def test_inputs_that_are_no_tensors_are_refused(inputs):
    with pytest.raises((ValueError, TypeError)):
        compare_models(Theirs(), Theirs(), inputs)


def test_several_inputs_are_arguments_in_their_order():
    class Minus(nn.Module):
        def __init__(self, sign=1):
            super().__init__()
            self.scale, self.sign = nn.Parameter(torch.ones(8)), sign

        def forward(self, a, b):
            return (a - b) * self.scale * self.sign

    assert compare_models(Minus(), Minus(), (X, X + 1))
    assert not compare_models(Minus(), Minus(-1), (X, X + 1))


def test_names_can_be_searched_for_by_replay():
    found = compare_models(Theirs(), Ours(), X, weights="find")

    assert found
    assert {row.part: row.ours for row in found.parts}["up"] == "widen"


def test_a_search_that_finds_no_map_that_holds_names_the_difference():
    with pytest.raises(ScaffoldError, match="no map between the two holds: ") as caught:
        compare_models(Theirs(), Ours(eps=1e-5), X, weights="find")

    assert "norm" in caught.value.what
    assert "eps=1e-06" in caught.value.what
    assert caught.value.where == 'weights="find"'
    assert caught.value.remedy == "mend what it names, or give the names: weights={theirs: ours}"
