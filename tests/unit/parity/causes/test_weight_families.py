"""Causes in how tensors were carried over, and in what is done with them."""

import pytest
import torch
from torch import nn
from torch.nn import functional

X, IMAGE, TOKENS = [(4, 8)], [(2, 3, 6, 6)], [(3, 5, 8)]


def square(_):
    return nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8))


def written_square(w):
    return w(lambda s, x: torch.relu(x @ s.a.T) @ s.b.T, a=(8, 8), b=(8, 8))


def conv(_):
    return nn.Conv2d(3, 4, 3)


def written_conv(w):
    return w(lambda s, x: functional.conv2d(x, s.kernel), kernel=(4, 3, 3, 3))


def carried(name, change):
    """Ours gets theirs' state with one tensor changed, as by a wrong conversion."""
    return {"carry": lambda state: {k: change(v) if k == name else v for k, v in state.items()}}


def renamed(*pairs):
    there = dict(pairs) | {b: a for a, b in pairs}
    return {"carry": lambda state: {name: state[there.get(name, name)] for name in state}}


def both(expected, words, change, module, name, written, written_name, shapes):
    """Theirs works with a changed tensor that ours took as it stands."""
    return {
        f"{expected}, {style}, {words}": (
            expected,
            part,
            part,
            shapes,
            {"theirs": carried(tensor, change)["carry"]},
        )
        for style, part, tensor in (("module", module, name), ("by hand", written, written_name))
    }


def table(w):
    return w(lambda s, x: x + s.positions[:, : x.shape[1]], positions=(1, 7, 8))


class Embedded(nn.Module):
    """Token and position embedding."""

    def __init__(self, start=0):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(12, 8), nn.Embedding(9, 8)
        self.start = start

    def forward(self, ids):
        at = torch.arange(ids.shape[1]) + self.start
        return self.tokens(ids) + self.positions(at)


def affine(change):
    return lambda w: w(change, weight=(8,), bias=(8,))


class Idle(nn.Module):
    """Has a norm that it may not call, and a tensor that it may not read."""

    def __init__(self, *, norm=True, gamma=True):
        super().__init__()
        self.layer, self.norm = nn.Linear(8, 8), nn.LayerNorm(8)
        self.gamma = nn.Parameter(torch.ones(8))
        self.steps = (norm, gamma)

    def forward(self, x):
        x = self.layer(x)
        x = self.norm(x) if self.steps[0] else x
        return x * self.gamma if self.steps[1] else x


CASES = {
    **both("transposed", "square", lambda w: w.T, square, "0.weight", written_square, "a", X),
    **both("kernel-layout", "axes", lambda w: w.mT, conv, "weight", written_conv, "kernel", IMAGE),
    **both(
        "kernel-layout",
        "HWIO read as OIHW",
        lambda w: w.permute(2, 3, 1, 0).reshape(w.shape),
        conv,
        "weight",
        written_conv,
        "kernel",
        IMAGE,
    ),
    **both(
        "flipped", "both", lambda w: w.flip(2, 3), conv, "weight", written_conv, "kernel", IMAGE
    ),
    **both(
        ("channels", "input-channels"),
        "BGR",
        lambda w: w.flip(1),
        conv,
        "weight",
        written_conv,
        "kernel",
        IMAGE,
    ),
    **both("rolled", "output", lambda w: w.roll(1, 0), square, "2.weight", written_square, "b", X),
    **both(
        "rounded",
        "bfloat16",
        lambda w: w.bfloat16().float(),
        square,
        "0.weight",
        written_square,
        "a",
        X,
    ),
    **both("bias", "zero", torch.zeros_like, square, "0.bias", written_square, "a", X),
    "rolled, a table by hand": (
        "rolled",
        table,
        table,
        TOKENS,
        carried("positions", lambda v: v.roll(-1, 1)),
    ),
    "rolled, an embedding": (
        ("offset", "rolled"),
        lambda _: Embedded(2),
        lambda _: Embedded(),
        [(3, 5)],
        {"integers": 12},
    ),
    "exchanged, layers": (
        "exchanged",
        square,
        square,
        X,
        renamed(("0.weight", "2.weight"), ("0.bias", "2.bias")),
    ),
    "exchanged, gamma and beta": (
        "exchanged",
        lambda _: nn.LayerNorm(8),
        lambda _: nn.LayerNorm(8),
        X,
        renamed(("weight", "bias")),
    ),
    "exchanged, by hand": ("exchanged", written_square, written_square, X, renamed(("a", "b"))),
    "bias, module": (
        "bias",
        lambda w: w(lambda s, x: functional.linear(x, s.weight), weight=(8, 8), bias=(8,)),
        lambda w: w(lambda s, x: functional.linear(x, s.weight, s.bias), weight=(8, 8), bias=(8,)),
        X,
    ),
    "bias-missing, module": (
        "bias-missing",
        lambda _: nn.Linear(8, 6),
        lambda _: nn.Linear(8, 6, bias=False),
        [(24, 8)],
        {"carry": lambda state: {"weight": state["weight"]}},
    ),
    "bias-missing, gain by hand": (
        "bias-missing",
        lambda w: w(lambda s, x: x @ s.a * s.gain, a=(8, 6), gain=(6,)),
        lambda w: w(lambda s, x: x @ s.a, a=(8, 6)),
        [(24, 8)],
        {"carry": lambda state: {"a": state["a"]}},
    ),
    "affine, an idle bias": (
        "affine",
        affine(lambda s, x: functional.layer_norm(x, (8,), s.weight, s.bias)),
        affine(lambda s, x: functional.layer_norm(x, (8,), s.weight)),
        X,
    ),
    "unused, gamma": ("unused", lambda _: Idle(), lambda _: Idle(gamma=False), X),
    **{
        f"loading, {words}": (
            "loading",
            part,
            part,
            X,
            {**carried(name, change), "mapped": True},
        )
        for words, part, name, change in (
            ("a bias lost", square, "0.bias", torch.zeros_like),
            ("rounded", written_square, "a", lambda w: w.bfloat16().float()),
            ("a row lost", written_square, "b", lambda w: torch.cat([w[:1] * 0, w[1:]])),
            ("scaled", square, "2.weight", lambda w: w * 1.001),
            ("the square root", lambda _: nn.BatchNorm1d(8), "running_var", torch.sqrt),
        )
    },
    "not-called, norm": ("not-called", lambda _: Idle(), lambda _: Idle(norm=False), X),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_a_tensor_is_named(name, diagnose):
    expected, *case = CASES[name]
    group = {expected} if isinstance(expected, str) else set(expected)

    found = diagnose(*case)

    assert {fit.hypothesis for fit in found.fits} == group, found.sentences
