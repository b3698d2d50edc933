"""Causes in how the input was prepared, and in recurrent cells."""

import pytest
import torch
from torch import nn
from torch.nn import functional

IMAGE, STEPS = [(2, 3, 6, 6)], [(2, 5, 4)]


def conv(before=lambda x: x):
    """A module behind a preparation."""

    class Prepared(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, x):
            return self.conv(before(x))

    return lambda _: Prepared()


def written(before=lambda x: x):
    return lambda w: w(
        lambda s, x: functional.conv2d(before(x), s.kernel, s.shift),
        kernel=(4, 3, 3, 3),
        shift=(4,),
    )


def normalised(x, *, back=1):
    mean = torch.tensor((0.485, 0.456, 0.406)[::back]).view(3, 1, 1)
    deviation = torch.tensor((0.229, 0.224, 0.225)[::back]).view(3, 1, 1)
    return (x - mean) / deviation


def recurrent(kind, **settings):
    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = kind(4, 6, batch_first=True, **settings)

        def forward(self, x):
            return self.cell(x)[0]

    return lambda _: Last()


def lstm_by_hand(order="ifgo"):
    def forward(s, x):
        h = c = x.new_zeros(len(x), 6)
        outputs = []
        for step in x.unbind(1):
            gates = step @ s.weight_ih.T + s.bias_ih + h @ s.weight_hh.T + s.bias_hh
            named = dict(zip(order, gates.chunk(4, -1), strict=True))
            c = named["f"].sigmoid() * c + named["i"].sigmoid() * named["g"].tanh()
            h = named["o"].sigmoid() * c.tanh()
            outputs.append(h)
        return torch.stack(outputs, 1)

    return lambda w: w(forward, weight_ih=(24, 4), weight_hh=(24, 6), bias_ih=(24,), bias_hh=(24,))


def gru_by_hand(*, before):
    def forward(s, x):
        h = x.new_zeros(len(x), 6)
        outputs = []
        for step in x.unbind(1):
            a = (step @ s.cell_weight_ih.T + s.cell_bias_ih).chunk(3, -1)
            w, b = s.cell_weight_hh.chunk(3), s.cell_bias_hh.chunk(3)
            r = torch.sigmoid(a[0] + h @ w[0].T + b[0])
            z = torch.sigmoid(a[1] + h @ w[1].T + b[1])
            inner = (r * h) @ w[2].T + b[2] if before else r * (h @ w[2].T + b[2])
            h = (1 - z) * torch.tanh(a[2] + inner) + z * h
            outputs.append(h)
        return torch.stack(outputs, 1)

    return lambda w: w(
        forward,
        cell_weight_ih=(18, 4),
        cell_weight_hh=(18, 6),
        cell_bias_ih=(18,),
        cell_bias_hh=(18,),
    )


def as_cell(state):
    return {f"cell.{name.removeprefix('cell_')}_l0": value for name, value in state.items()}


def blocks(state, order):
    return {
        name: torch.cat([value.chunk(len(order))[place] for place in order])
        for name, value in state.items()
    }


def forgetful(state):
    state = {name: value.clone() for name, value in state.items()}
    name = next(name for name in state if "bias_ih" in name)
    state[name][6:12] += 1.0
    return state


def silent(state):
    return {name: value * 0 if "bias_hh" in name else value for name, value in state.items()}


LSTM, GRU = recurrent(nn.LSTM), recurrent(nn.GRU)
CASES = {
    "input-scale, module": ("input-scale", conv(lambda x: x * 255), conv(), IMAGE),
    "input-scale, by hand": ("input-scale", written(lambda x: x * 2 - 1), written(), IMAGE),
    "input-mean, module": ("input-mean", conv(normalised), conv(), IMAGE),
    "input-mean, by hand": ("input-mean", written(normalised), written(), IMAGE),
    "input-turned, module": ("input-turned", conv(lambda x: x.mT), conv(), IMAGE),
    "input-turned, by hand": ("input-turned", written(lambda x: x.flip(3)), written(), IMAGE),
    "channels of the input, module": (
        ("channels", "input-channels"),
        conv(lambda x: x.flip(1)),
        conv(),
        IMAGE,
    ),
    "channels of the input, by hand": (
        ("channels", "input-channels"),
        written(lambda x: x.flip(1)),
        written(),
        IMAGE,
    ),
    "arguments, function": (
        "arguments",
        lambda w: w(lambda s, x, y: y.exp() - torch.tanh(x) * s.a, a=(4,)),
        lambda w: w(lambda s, x, y: x.exp() - torch.tanh(y) * s.a, a=(4,)),
        [(3, 4), (3, 4)],
    ),
    "gates, LSTM": ("gates", LSTM, LSTM, STEPS, {"theirs": lambda s: blocks(s, (0, 2, 1, 3))}),
    "gates, GRU": ("gates", GRU, GRU, STEPS, {"theirs": lambda s: blocks(s, (1, 0, 2))}),
    "gates, by hand": (("gates", "qkv-order"), lstm_by_hand("igfo"), lstm_by_hand(), STEPS),
    "double-bias, LSTM": ("double-bias", LSTM, LSTM, STEPS, {"theirs": silent}),
    "double-bias, by hand": (
        "double-bias",
        lstm_by_hand(),
        lstm_by_hand(),
        STEPS,
        {"theirs": silent},
    ),
    "forget-bias, LSTM": ("forget-bias", LSTM, LSTM, STEPS, {"theirs": forgetful}),
    "forget-bias, by hand": (
        "forget-bias",
        lstm_by_hand(),
        lstm_by_hand(),
        STEPS,
        {"theirs": forgetful},
    ),
    "reset-before, GRU": ("reset-before", gru_by_hand(before=True), GRU, STEPS, {"carry": as_cell}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_before_a_part_or_in_a_cell_is_named(name, diagnose):
    expected, *case = CASES[name]
    group = {expected} if isinstance(expected, str) else set(expected)

    found = diagnose(*case)

    assert {fit.hypothesis for fit in found.fits} == group, found.sentences
