"""Causes in how heads and frequencies are laid out, and in what is rounded."""

import pytest
import torch
from torch.nn import functional

TOKENS, IMAGE = [(2, 5, 8)], [(4, 3, 6, 6)]


def grouped(repeat):
    """Two heads of keys for four of queries."""

    def forward(s, x):
        q = (x @ s.q).unflatten(-1, (4, 2)).transpose(1, 2)
        k = repeat((x @ s.k).unflatten(-1, (2, 2)).transpose(1, 2))
        return (q @ k.mT).softmax(-1)

    return lambda w: w(forward, q=(8, 8), k=(8, 4))


def one_by_one(k):
    return k.repeat_interleave(2, 1)


def as_a_row(k):
    return k.repeat(1, 2, 1, 1)


def widened(k):
    """As transformers spells it."""
    batch, heads, tokens, width = k.shape
    k = k[:, :, None].expand(batch, heads, 2, tokens, width)
    return k.reshape(batch, heads * 2, tokens, width)


def cut(interleaved):
    def forward(s, x):
        y = x @ s.a
        y = y.reshape(len(x), -1, 4, 2).mT if interleaved else y.reshape(len(x), -1, 2, 4)
        return y.softmax(-1)

    return lambda w: w(forward, a=(8, 8))


def waves(base, *, doubling=False):
    def forward(s, x):
        places = torch.arange(4.0)
        row = base**places if doubling else 1.0 / base ** (places / 4)
        angles = x[..., :1] * row
        return torch.cat([angles.sin(), angles.cos()], -1) @ s.a

    return lambda w: w(forward, a=(8, 8))


def kept():
    """The frequencies are a buffer, as rotary positions keep them."""
    return lambda w: w(lambda s, x: (x[..., :1] * s.row).sin() @ s.a, ("row",), row=(4,), a=(4, 8))


def row(base):
    return lambda state: {**state, "row": 1.0 / base ** (torch.arange(4) / 4)}


def rounds(how):
    return lambda w: w(lambda s, x: how(x @ s.a).tanh(), a=(8, 8))


def norm(**factor):
    def forward(s, x):
        var = s.var * factor["factor"] if factor else s.var
        return functional.batch_norm(x, s.mean, var, s.weight, s.bias)

    return lambda w: w(forward, ("mean", "var"), mean=(3,), var=(3,), weight=(3,), bias=(3,))


CASES = {
    "repeated-heads, one by one": (
        "repeated-heads", grouped(one_by_one), grouped(as_a_row), TOKENS,
    ),
    "repeated-heads, as a row": (
        "repeated-heads", grouped(as_a_row), grouped(one_by_one), TOKENS,
    ),
    "repeated-heads, widened": ("repeated-heads", grouped(as_a_row), grouped(widened), TOKENS),
    "interleaved-heads": (
        "interleaved-heads", cut(interleaved=True), cut(interleaved=False), TOKENS,
    ),
    "base, kept": ("base", kept(), kept(), TOKENS, {"theirs": row(1e4), "carry": row(1e3)}),
    "base, a step": ("base", waves(2.0, doubling=True), waves(3.0, doubling=True), TOKENS),
    "counted-variance": ("counted-variance", norm(factor=1.25), norm(), IMAGE),
    "rounded-result": (
        "rounded-result", rounds(lambda y: y.bfloat16().float()), rounds(lambda y: y), TOKENS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_heads_and_rows_is_named(name, diagnose):
    expected, *case = CASES[name]

    found = diagnose(*case)

    assert expected in [fit.hypothesis for fit in found.fits], found.sentences


def test_another_scale_is_none_of_them(diagnose):
    found = diagnose(
        grouped(one_by_one),
        lambda w: w(
            lambda s, x: (
                (x @ s.q).unflatten(-1, (4, 2)).transpose(1, 2)
                @ one_by_one((x @ s.k).unflatten(-1, (2, 2)).transpose(1, 2)).mT
                * 0.5
            ).softmax(-1),
            q=(8, 8),
            k=(8, 4),
        ),
        TOKENS,
    )

    assert [fit.hypothesis for fit in found.fits] == ["scale"]
