"""Randomness and statistics that belong to training, left on where they do not belong."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as fn

from scaffold.parity.calls import RANDOM
from scaffold.trace.replay import run

X = torch.randn(16, 8, generator=torch.Generator().manual_seed(0))


class Dropping(nn.Module):
    def __init__(self, *, always=False):
        super().__init__()
        self.first, self.drop, self.last = nn.Linear(8, 8), Drop(always=always), nn.Linear(8, 8)

    def forward(self, x):
        return self.last(self.drop(self.first(x)))


class Drop(nn.Module):
    def __init__(self, *, always):
        super().__init__()
        self.always = always

    def forward(self, x):
        return fn.dropout(x, 0.1, training=self.training or self.always)


def test_dropout_is_off_in_evaluation_and_caught_where_it_is_not(compared):
    assert compared(Dropping(), Dropping(), X).agrees

    found = compared(Dropping(), Dropping(always=True), X)

    assert found.first.place == "drop"
    assert RANDOM in found.first.because


def test_statistics_of_the_batch_in_evaluation_are_caught(compared):
    class Norm(nn.BatchNorm1d):
        def forward(self, x):
            return fn.batch_norm(x, None, None, self.weight, self.bias, training=True)

    def model(norm):
        return nn.Sequential(nn.Linear(8, 8), norm)

    assert compared(model(nn.BatchNorm1d(8)), model(nn.BatchNorm1d(8)), X).agrees
    assert compared(model(nn.BatchNorm1d(8)), model(Norm(8)), X).first.place == "1"


def test_a_replay_leaves_batch_statistics_and_plain_tensors_as_they_were():
    norm = nn.BatchNorm1d(8)
    norm.plain = torch.ones(8)
    before = {name: value.clone() for name, value in norm.state_dict().items()}

    for dtype in (None, torch.float64):
        run(norm, (X,), {}, dtype=dtype)

    assert all(torch.equal(norm.state_dict()[name], value) for name, value in before.items())
    assert norm.plain.dtype is torch.float32
