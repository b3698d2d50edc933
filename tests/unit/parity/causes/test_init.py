"""Causes in what parameters start from."""

import math

import numpy as np
import pytest
import torch
from torch.nn import init

from scaffold.parity.causes.init import diagnose_init

SHAPE = (64, 48)


def default(p):
    init.kaiming_uniform_(p, a=math.sqrt(5))


def drawn(fill, seeds):
    found = []
    with torch.random.fork_rng():
        for seed in seeds:
            torch.manual_seed(seed)
            tensor = torch.empty(SHAPE)
            fill(tensor)
            found.append(tensor.double().numpy().ravel())
    return np.concatenate(found)


CASES = {
    "Xavier": ("init-family", "uniform, Xavier/Glorot", init.xavier_uniform_),
    "Xavier, normal": ("init-family", "normal, Xavier/Glorot", init.xavier_normal_),
    "Kaiming": (
        "init-family",
        "normal, Kaiming fan_in, relu",
        lambda p: init.kaiming_normal_(p, nonlinearity="relu"),
    ),
    "normal 0.02": ("init-family", "normal, deviation 0.02", lambda p: init.normal_(p, std=0.02)),
    "cut at two deviations": (
        "init-cut",
        "normal cut at two deviations, deviation 0.02",
        lambda p: init.trunc_normal_(p, std=0.02, a=-0.04, b=0.04),
    ),
    "zeros": ("init-constant", "0 everywhere", init.zeros_),
    "prior": (
        "init-prior",
        "-log((1-p)/p) for p=0.01",
        lambda p: init.constant_(p, -math.log(99)),
    ),
    "a deviation nobody names": (
        "init-scale",
        "normal, deviation 0.07",
        lambda p: init.normal_(p, std=0.07),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_a_start_is_named(name):
    expected, claim, theirs = CASES[name]

    found = diagnose_init(drawn(theirs, range(4)), drawn(default, range(50, 58)), SHAPE)

    assert [(fit.hypothesis, fit.claim) for fit in found.fits] == [(expected, claim)]


def test_another_sample_of_one_distribution_has_no_cause():
    found = diagnose_init(drawn(default, range(4)), drawn(default, range(50, 58)), SHAPE)

    assert found.note == "the start agrees: there is no cause"


@pytest.mark.parametrize(
    "theirs", [lambda p: p.exponential_(20.0), lambda p: p.normal_(0.3, 0.1), lambda p: p.cauchy_()]
)
def test_a_start_that_no_hypothesis_covers_is_said_to_have_none(theirs):
    found = diagnose_init(drawn(theirs, range(4)), drawn(default, range(50, 58)), SHAPE)

    assert found.sentences[0].startswith("no hypothesis fits (")
