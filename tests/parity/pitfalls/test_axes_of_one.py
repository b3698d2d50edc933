"""A part may give the axes that have one element, or leave them out; the whole model may not."""

from __future__ import annotations

import torch
from torch import nn

from scaffold.testing import compare_models


class Theirs(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(5, 3)

    def forward(self, x):
        return self.head(self.pool(x).flatten(1))


class Pool(nn.Module):
    def __init__(self, scale=1.0):
        super().__init__()
        self.scale = scale

    def forward(self, x):
        return x.mean((2, 3)) * self.scale


class Ours(nn.Module):
    def __init__(self, scale=1.0, *, wide=False):
        super().__init__()
        self.pool = Pool(scale)
        self.head = nn.Linear(5, 3)
        self.wide = wide

    def forward(self, x):
        y = self.head(self.pool(x))
        return y.unsqueeze(-1) if self.wide else y


X = torch.randn(4, 5, 6, 6, generator=torch.Generator().manual_seed(0))


def test_a_pooling_that_flattens_is_the_same_part():
    found = compare_models(Theirs(), Ours(), X)

    assert found
    assert "pool" in {row.ours for row in found.parts}


def test_a_pooling_that_flattens_and_scales_is_named():
    found = compare_models(Theirs(), Ours(scale=1.01), X)

    assert found.first.place == "pool"


def test_a_model_that_gives_one_axis_more_is_another():
    found = compare_models(Theirs(), Ours(wide=True), X)

    assert not found
    assert found.first.place == "the model"
    assert "theirs is float32[2, 3], ours is float32[2, 3, 1]" in found.first.because
