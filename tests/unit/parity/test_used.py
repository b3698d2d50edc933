"""A parameter is used when the output depends on it, whoever computes with it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from scaffold.parity.used import used_parameters


class Functional(nn.Module):
    """Computes with the weights of one part without calling it, and never with the other."""

    def __init__(self):
        super().__init__()
        self.held = nn.Linear(2, 2)
        self.spare = nn.Linear(2, 2)
        self.norm = nn.BatchNorm1d(2)

    def forward(self, x):
        return functional.linear(self.norm(x), self.held.weight), x.argmax()


def test_weights_are_used_without_a_call_of_the_part_that_owns_them():
    model = Functional()
    before = model.norm.running_mean.clone()

    with torch.no_grad():
        used = used_parameters(model, (torch.ones(3, 2),))

    assert used == {"held.weight", "norm.weight", "norm.bias"}
    assert model.held.weight.grad is None
    assert torch.equal(model.norm.running_mean, before)


class Inferring(Functional):
    """The same, without gradients."""

    def forward(self, x):
        with torch.inference_mode():
            return super().forward(x)


def test_without_gradients_it_is_what_calls_are_given():
    model = Inferring()
    idle = nn.Linear(2, 2)
    model.add_module("idle", idle)

    assert used_parameters(model, (torch.ones(3, 2),)) == {
        "held.weight",
        "norm.weight",
        "norm.bias",
    }


def test_frozen_weights_are_used_where_calls_are_given_them():
    frozen = nn.Linear(2, 2).requires_grad_(requires_grad=False)

    assert used_parameters(frozen, (torch.ones(1, 2),)) == {"weight", "bias"}


def test_what_cannot_be_said_counts_as_not_used():
    assert used_parameters(nn.Linear(2, 2), (torch.ones(1, 3),)) == frozenset()
