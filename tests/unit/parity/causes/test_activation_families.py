"""Causes in an activation, as a module, as a function and written by hand."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional


def erf_gelu(x):
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def tanh_gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


def mlp(activation):
    """An activation between two linear maps, by hand."""
    return lambda w: w(
        lambda s, x: activation(x @ s.up.T + s.lift) @ s.down.T,
        up=(12, 8),
        lift=(12,),
        down=(8, 12),
    )


def layers(*activation):
    return lambda _: nn.Sequential(nn.Linear(8, 12), *activation, nn.Linear(12, 8))


def alone(module):
    return lambda _: module


X = [(4, 8)]
CASES = {
    "gelu-form, module": ("gelu-form", alone(nn.GELU("tanh")), alone(nn.GELU()), X),
    "gelu-form, back": ("gelu-form", alone(nn.GELU()), alone(nn.GELU("tanh")), X),
    "gelu-form, quick for module": ("gelu-form", mlp(quick_gelu), mlp(functional.gelu), X),
    "gelu-form, erf by hand": ("gelu-form", mlp(tanh_gelu), mlp(erf_gelu), X),
    "gelu-form, tanh by hand": ("gelu-form", mlp(erf_gelu), mlp(tanh_gelu), X),
    "gelu-form, quick by hand": ("gelu-form", mlp(erf_gelu), mlp(quick_gelu), X),
    "activation, ReLU6": ("activation", alone(nn.ReLU6()), alone(nn.ReLU()), X),
    "activation, layers": ("activation", layers(nn.SiLU()), layers(nn.Hardswish()), X),
    "activation, functional": ("activation", mlp(functional.silu), mlp(torch.relu), X),
    "activation, clamp": ("activation", mlp(functional.relu6), mlp(lambda x: x.clamp(min=0)), X),
    "activation, gate": ("activation", mlp(torch.relu), mlp(lambda x: x * torch.sigmoid(x)), X),
    "slope, module": ("slope", alone(nn.LeakyReLU(0.15)), alone(nn.LeakyReLU(0.3)), X),
    "slope, functional": (
        "slope",
        mlp(lambda x: functional.elu(x, 0.37)),
        mlp(lambda x: functional.elu(x, 1.0)),
        X,
    ),
    "slope, by hand": (
        "scale",
        mlp(lambda x: torch.where(x > 0, x, 0.2 * x)),
        mlp(lambda x: torch.where(x > 0, x, 0.1 * x)),
        X,
    ),
    "slope, bound": ("slope", mlp(lambda x: x.clamp(0, 4)), mlp(lambda x: x.clamp(0, 6)), X),
    "activation-missing, module": (
        "activation-missing",
        layers(nn.GELU()),
        lambda _: nn.Sequential(nn.Linear(8, 12), nn.Identity(), nn.Linear(12, 8)),
        X,
    ),
    "activation-missing, by hand": ("activation-missing", mlp(torch.tanh), mlp(lambda x: x), X),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_an_activation_is_named(name, diagnose):
    expected, *case = CASES[name]

    found = diagnose(*case)

    assert [fit.hypothesis for fit in found.fits] == [expected], found.sentences


def test_an_activation_is_named_with_its_name(diagnose):
    found = diagnose(alone(nn.ReLU6()), alone(nn.ReLU()), X)

    assert (found.fits[0].claim, found.fits[0].ours) == ("relu6", "relu")


class Wide(nn.Module):
    """An activation of one's own."""

    def __init__(self, slope):
        super().__init__()
        self._slope = slope  # no setting that a hypothesis may turn

    def forward(self, x):
        return torch.sigmoid(x * self._slope if self._slope != 1.0 else x)


def test_a_factor_before_a_sigmoid_alone_is_another_slope_of_it(diagnose):
    found = diagnose(lambda _: Wide(0.3), lambda _: Wide(1.0), X)

    assert found.fits, found.sentences
    assert "D50" in found.fits[0].rows
    assert "D16" not in found.fits[0].rows  # nothing was prepared otherwise
