"""A map is found whatever the names are, and refused where the models differ."""

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from benchmarks.maps.shuffled import Shuffled
from scaffold.parity import mapfile
from scaffold.parity.mapping import State
from scaffold.parity.weightmap import WeightMap


def numbers(*shape):
    return lambda: (torch.randn(shape),)


class Block(nn.Module):
    """A norm, two layers, a gain that the block itself holds, and the way around."""

    def __init__(self, eps=1e-6, act=nn.GELU, wide=16):
        super().__init__()
        self.norm = nn.LayerNorm(8, eps=eps)
        self.up, self.act, self.down = nn.Linear(8, wide), act(), nn.Linear(wide, 8)
        self.gain = nn.Parameter(torch.full((8,), 0.3))

    def forward(self, x):
        return x + self.gain * self.down(self.act(self.up(self.norm(x))))


class Theirs(nn.Module):
    """Two blocks, a head, and a place for each token."""

    def __init__(self, **settings):
        super().__init__()
        self.places = nn.Parameter(torch.randn(1, 5, 8))
        self.blocks = nn.ModuleList(Block(**settings) for _ in range(2))
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        x = x + self.places
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class Branches(nn.Module):
    """Two branches of one form, added or put beside each other."""

    def __init__(self, beside):
        super().__init__()
        self.beside = beside
        self.left = nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 6))
        self.right = nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 6))

    def forward(self, x):
        one, two = self.left(x), self.right(x)
        return torch.cat([one, two], -1) if self.beside else one + two


class Mirrored(Branches):
    """The same, with the names exchanged."""

    def forward(self, x):
        one, two = self.right(x), self.left(x)
        return torch.cat([one, two], -1) if self.beside else one + two


INPUT = numbers(2, 5, 8)


@pytest.mark.parametrize("seed", [1, 2])
def test_names_and_nesting_change_nothing(looked_for, seed):
    found = looked_for(Theirs, lambda: Shuffled(Theirs(), seed=seed), INPUT)

    assert found.state is State.PROVED, found.refused
    assert len(found.weights) == len(Theirs().state_dict())


def test_numbered_layers_become_one_row(looked_for):
    found = looked_for(Theirs, Theirs, INPUT)

    assert ("blocks.{i}.norm.weight",) in {rule.theirs for rule in found.rules.weights}
    assert len(found.rules.weights) == 10


def test_the_text_says_what_was_found(looked_for):
    found = looked_for(Theirs, Theirs, INPUT)

    read = WeightMap(Path("here"), mapfile.parse(found.text, where="here"))
    rows = {(rule.theirs, rule.ours, rule.steps) for rule in read.resolved(Theirs().state_dict())}
    assert rows == {(rule.theirs, rule.ours, rule.steps) for rule in found.weights}


@pytest.mark.parametrize(
    ("ours", "place", "why"),
    [
        ({"eps": 1e-5}, "blocks.0.norm", "eps=1e-06 reproduces it"),
        ({"act": nn.ReLU}, "blocks.0", "gelu reproduces it"),
        ({"wide": 24}, "blocks.0.up.weight + blocks.0.up.bias", "is [24, 8], and"),
    ],
    ids=["eps", "activation", "width"],
)
def test_another_model_is_refused_with_the_difference(looked_for, ours, place, why):
    found = looked_for(Theirs, lambda: Theirs(**ours), INPUT)

    assert found.state is State.REFUSED
    assert place in found.refused[0].what
    assert why in found.refused[0].why


def test_a_guess_is_never_a_rule(looked_for):
    found = looked_for(Theirs, lambda: Theirs(act=nn.ReLU), INPUT)

    mapped = {name for rule in found.weights for name in rule.ours}
    assert "blocks.0.up.weight" in mapped
    assert "blocks.0.down.weight" not in mapped


def test_branches_that_nothing_tells_apart_are_reported_as_a_group(looked_for):
    found = looked_for(
        lambda: Branches(beside=False), lambda: Branches(beside=False), numbers(3, 6)
    )

    assert found.state is State.AMBIGUOUS
    (group,) = found.ambiguous
    assert set(group) == set(Branches(beside=False).state_dict())


def test_branches_that_the_end_tells_apart_are_found(looked_for, rows):
    found = looked_for(lambda: Branches(beside=True), lambda: Mirrored(beside=True), numbers(3, 6))

    assert found.state is State.PROVED, found.refused
    assert rows(found)[("left.0.weight",)] == (("right.0.weight",), ())


def test_a_norm_with_its_activation_inside_stands_for_two_parts(looked_for):
    class Bent(nn.BatchNorm1d):
        def __init__(self, width):
            super().__init__(width)
            self.act = nn.ReLU()

        def forward(self, x):
            return self.act(super().forward(x))

    def apart():
        return nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))

    def inside():
        return nn.Sequential(nn.Linear(4, 4), Bent(4), nn.Linear(4, 2))

    for theirs, ours in ((apart, inside), (inside, apart)):
        found = looked_for(theirs, ours, numbers(6, 4))
        assert found.state is State.PROVED, found.refused
        mapped = {name for rule in found.weights for name in rule.ours}
        assert mapped == set(ours().state_dict())


def test_tied_weights_are_carried_once(looked_for):
    class Words(nn.Module):
        def __init__(self, tied):
            super().__init__()
            self.words, self.scores = nn.Embedding(9, 4), nn.Linear(4, 9, bias=False)
            if tied:
                self.scores.weight = self.words.weight

        def forward(self, tokens):
            return self.scores(torch.tanh(self.words(tokens)))

    tokens = lambda: (torch.randint(0, 9, (3, 12)),)  # noqa: E731 - a batch
    both = looked_for(lambda: Words(tied=True), lambda: Words(tied=True), tokens)
    apart = looked_for(lambda: Words(tied=True), lambda: Words(tied=False), tokens)

    assert both.state is apart.state is State.PROVED, (both.refused, apart.refused)


def test_a_part_that_is_called_twice_is_one_part(looked_for):
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.step = nn.Linear(5, 5)

        def forward(self, x):
            return self.step(torch.tanh(self.step(x)))

    found = looked_for(Twice, lambda: Shuffled(Twice()), numbers(4, 5))

    assert found.state is State.PROVED, found.refused


def test_a_weight_that_no_probe_sees_is_weak(looked_for):
    class Scores(nn.Module):
        def __init__(self):
            super().__init__()
            self.q, self.k = nn.Linear(6, 6), nn.Linear(6, 6)

        def forward(self, x):
            return functional.softmax(self.q(x) @ self.k(x).mT, -1) @ x

    found = looked_for(Scores, Scores, numbers(2, 5, 6))

    assert found.state is State.PROVED, found.refused
    assert [one.what for one in found.weak] == ["k.bias"]


def test_a_weight_that_theirs_never_uses_is_refused(looked_for):
    class Idle(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.idle = nn.Linear(4, 4), nn.Linear(4, 2)

        def forward(self, x):
            return self.used(x)

    found = looked_for(Idle, Idle, numbers(3, 4))

    assert found.state is State.REFUSED
    assert [one.what for one in found.refused] == ["idle.weight + idle.bias"]


def test_two_biases_are_not_made_into_one(looked_for):
    class One(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4, bias=False)

        def forward(self, x):
            return torch.tanh(self.a(x) + self.b(x.flip(0)))

    class Two(One):
        def __init__(self):
            super().__init__()
            self.b = nn.Linear(4, 4)

    assert looked_for(Two, One, numbers(3, 4)).state is State.REFUSED
