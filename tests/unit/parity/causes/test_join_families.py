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
    "joined, parallel branches": (
        "joined", block(), block("parallel"), TOKENS, {"proved": RIGHT},
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
