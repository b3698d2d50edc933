"""Causes in how parts are joined: which tensor goes where, and who is called in whose place."""

import pytest
import torch
from torch import nn

TOKENS = [(3, 5, 8)]
RIGHT = ("n1", "a", "n2", "m", "m.0", "m.1", "m.2")


class Block(nn.Module):
    """Two branches beside a residual, as modules that are right alone."""

    def __init__(self, wiring="right"):
        super().__init__()
        self.n1, self.a, self.n2 = nn.LayerNorm(8), nn.Linear(8, 8), nn.LayerNorm(8)
        self.m = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))
        self.wiring = [wiring]

    def forward(self, x):
        wiring = self.wiring[0]
        normed = self.n1(x)
        one = self.a(normed)
        if wiring != "no first residual":
            one = (normed if wiring == "residual after the norm" else x) + one
        two = self.m(self.n2(x if wiring == "parallel" else one))
        return two if wiring == "no second residual" else one + two


class Pairs(nn.Module):
    """Gives a pair, and takes its tensor by name."""

    def __init__(self, *, residual=True):
        super().__init__()
        self.inner, self.residual = Pair(), [residual]

    def forward(self, x):
        y, _ = self.inner(hidden=x)
        return torch.tanh(x + y if self.residual[0] else y)


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 8)

    def forward(self, hidden):
        y = self.layer(hidden)
        return y, y.sum()


class Twins(nn.Module):
    """Two layers of one shape, called in either order."""

    def __init__(self, order=("one", "two")):
        super().__init__()
        self.one, self.two, self.order = nn.Linear(8, 8), nn.Linear(8, 8), [order]

    def forward(self, x):
        first, second = (getattr(self, name) for name in self.order[0])
        return second(torch.tanh(first(x)))


class Repeats(nn.Module):
    """Calls its norm once, or on its own result."""

    def __init__(self, times=1):
        super().__init__()
        self.norm, self.layer, self.times = nn.LayerNorm(8), nn.Linear(8, 8), [times]

    def forward(self, x):
        for _ in range(self.times[0]):
            x = self.norm(x)
        return self.layer(x)


class Idle(nn.Module):
    """Calls a block, or forgets it."""

    def __init__(self, *, calls=True):
        super().__init__()
        self.block, self.out, self.calls = nn.Sequential(nn.Linear(8, 8)), nn.Linear(8, 8), [calls]

    def forward(self, x):
        return self.out(torch.relu(self.block(x)) if self.calls[0] else torch.relu(x))


def block(wiring="right"):
    return lambda _: Block(wiring)


CASES = {
    "residual-missing, between parts": (
        "residual-missing", block(), block("no first residual"), TOKENS, {"proved": RIGHT},
    ),
    "residual-missing, from a sum": (
        "residual-missing", block(), block("no second residual"), TOKENS, {"proved": RIGHT},
    ),
    "residual-missing, pairs and keywords": (
        "residual-missing", lambda _: Pairs(), lambda _: Pairs(residual=False), TOKENS,
        {"proved": ("inner", "inner.layer")},
    ),
    "joined, residual after the norm": (
        "joined", block(), block("residual after the norm"), TOKENS, {"proved": RIGHT},
    ),
    "residual, parallel branches": (
        "residual-missing", block(), block("parallel"), TOKENS, {"proved": RIGHT},
    ),
    "joined, sequential branches": (
        "joined", block("parallel"), block(), TOKENS, {"proved": RIGHT},
    ),
    "exchanged, calls of right layers": (
        "exchanged", lambda _: Twins(), lambda _: Twins(("two", "one")), TOKENS,
        {"proved": ("one", "two")},
    ),
    "extra, a second call": (
        "extra", lambda _: Repeats(), lambda _: Repeats(2), TOKENS, {"proved": ("norm", "layer")},
    ),
    "not-called, a block": (
        "not-called", lambda _: Idle(), lambda _: Idle(calls=False), TOKENS,
        {"proved": ("out",)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_the_joints_is_named(name, diagnose):
    expected, *case = CASES[name]

    found = diagnose(*case)

    assert [fit.hypothesis for fit in found.fits] == [expected], found.sentences


def test_no_joint_is_blamed_for_a_wrong_layer(diagnose):
    found = diagnose(
        lambda _: nn.Sequential(nn.Linear(8, 8), nn.Tanh()),
        lambda _: nn.Sequential(nn.Linear(8, 8), nn.Tanh()),
        TOKENS,
        {"carry": lambda state: {name: value.cumsum(0) for name, value in state.items()}},
    )

    assert not {fit.hypothesis for fit in found.fits} & {"joined", "residual-missing", "exchanged"}


class Gated(nn.Module):
    """Two projections, of which one may be a gate of the other."""

    def __init__(self, gated):
        super().__init__()
        self.gate, self.value, self.down = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8)
        self.gated = gated

    def forward(self, x):
        bent, value = torch.tanh(self.gate(x)), self.value(x)
        return self.down(bent * value if self.gated else bent)


def test_a_gate_that_ours_leaves_out_is_named(diagnose):
    right = {"proved": ("gate", "value", "down")}
    found = diagnose(lambda _: Gated(gated=True), lambda _: Gated(gated=False), TOKENS, right)

    assert found.fits[0].hypothesis == "gate-missing", found.sentences


class Viewed(nn.Module):
    """A pair of axes that is transposed, or only viewed as if it were."""

    def __init__(self, turned):
        super().__init__()
        self.layer, self.turned = nn.Linear(8, 8), turned

    def forward(self, x):
        y = x.transpose(1, 2) if self.turned else x.reshape(x.shape[0], x.shape[2], x.shape[1])
        return self.layer(y.contiguous().reshape(x.shape).cumsum(-1))


def test_what_is_viewed_for_transposed_has_the_row_of_that(diagnose):
    found = diagnose(lambda _: Viewed(turned=True), lambda _: Viewed(turned=False), TOKENS)

    assert "D72" in found.fits[0].rows, found.sentences
