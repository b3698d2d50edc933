"""Causes in how parameters are moved."""

from functools import partial

import pytest
import torch
from torch import nn, optim

from scaffold.parity.causes.optimizer import diagnose_optimizer
from scaffold.parity.causes.update import Rule, rule_of, travelled
from scaffold.trace import optimizer, streams
from scaffold.trace.optimizer import CHANGE, FACTOR, KEPT, STEPS

RATES = [FACTOR if step >= CHANGE else 1.0 for step in range(1, STEPS + 1)]


def net():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(6, 8), nn.LayerNorm(8), nn.Linear(8, 3))


def adam(kind=optim.AdamW, **settings):
    return lambda m: kind(m.parameters(), **{"lr": 1e-3, "weight_decay": 0.05, **settings})


def sgd(**settings):
    return lambda m: optim.SGD(m.parameters(), **{"lr": 1e-2, "momentum": 0.9, **settings})


def rmsprop(**settings):
    return lambda m: optim.RMSprop(m.parameters(), **{"lr": 1e-3, **settings})


def grouped(m):
    return optim.AdamW(
        [
            {"params": [p for p in m.parameters() if p.ndim > 1], "weight_decay": 0.05},
            {"params": [p for p in m.parameters() if p.ndim < 2], "weight_decay": 0.0},
        ],
        lr=1e-3,
    )


def two_rates(m):
    return optim.AdamW(
        [
            {"params": m[0].parameters(), "lr": 1e-4},
            {"params": [*m[1].parameters(), *m[2].parameters()]},
        ],
        lr=1e-3,
        weight_decay=0.05,
    )


def by_rule(**settings):
    """An optimiser that torch has not, written out by the rule."""
    return Rule(**settings)


def given():
    shapes = {name: list(value.shape) for name, value in net().named_parameters()}
    return partial(streams.gradients, shapes, 0)


def moved(theirs):
    if isinstance(theirs, Rule):
        gradients = [given()(step) for step in range(1, STEPS + 1)]
        each = {
            name: travelled(theirs, value.detach(), [g[name] for g in gradients], RATES, KEPT)
            for name, value in net().named_parameters()
        }
        return {step: {name: found[step].float() for name, found in each.items()} for step in KEPT}
    found = optimizer.replay(net(), theirs, given())
    return {step: {n: v.float() for n, v in values.items()} for step, values in found.items()}


def diagnosed(theirs, ours):
    model = net()
    return diagnose_optimizer(
        {name: value.detach() for name, value in model.named_parameters()},
        given(),
        moved(theirs),
        optimizer.replay(net().double(), ours, given()),
        optimizer.groups(model, ours(model)),
    )


ADAM = {"kind": "adam", "lr": 1e-3, "decay": 0.05, "decoupled": True}
SGD = {"kind": "sgd", "lr": 1e-2, "momentum": 0.9}
RMSPROP = {"kind": "rmsprop", "lr": 1e-3, "beta2": 0.99}
CASES = {
    "rate": ("opt-rate", adam(lr=2e-3), adam()),
    "rate of some": ("opt-rate", two_rates, adam()),
    "beta1": ("opt-moments", adam(betas=(0.95, 0.999)), adam()),
    "beta2": ("opt-moments", adam(betas=(0.9, 0.98)), adam()),
    "momentum": ("opt-moments", sgd(momentum=0.95), sgd()),
    "alpha": ("opt-moments", rmsprop(), rmsprop(alpha=0.9)),
    "eps": ("opt-eps", adam(eps=1e-6), adam()),
    "eps inside, Adam": ("opt-eps-place", by_rule(**ADAM, eps_inside=True), adam()),
    "eps inside, RMSprop": ("opt-eps-place", by_rule(**RMSPROP, eps_inside=True), rmsprop()),
    "RMSprop of TensorFlow": (
        "opt-eps-place",
        by_rule(**RMSPROP, eps_inside=True, square_from_one=True),
        rmsprop(),
    ),
    "decay": ("opt-decay", adam(weight_decay=0.1), adam()),
    "no decay": ("opt-decay", adam(weight_decay=0.0), adam()),
    "decay, SGD": ("opt-decay", sgd(weight_decay=1e-4), sgd()),
    "decay left out": ("decay-group", grouped, adam()),
    "decay on norms": ("decay-group", adam(), grouped),
    "coupled": ("decay-coupling", adam(optim.Adam), adam()),
    "decoupled": ("decay-coupling", adam(), adam(optim.Adam)),
    "without the rate": ("decay-coupling", by_rule(**ADAM, decay_without_rate=True), adam()),
    "Nesterov": ("momentum-form", sgd(nesterov=True), sgd()),
    "dampening": ("momentum-form", sgd(dampening=0.9), sgd()),
    "rate in the momentum": ("momentum-form", by_rule(**SGD, momentum_of_steps=True), sgd()),
    "no bias correction": ("bias-correction", by_rule(**ADAM, bias_correction=False), adam()),
    "AMSGrad": ("bias-correction", adam(amsgrad=True), adam()),
    "centred": ("bias-correction", rmsprop(centered=True), rmsprop()),
    "clip by value": ("clip", by_rule(**SGD, clip_value=0.5), sgd()),
    "clip by norm": ("clip", by_rule(**SGD, clip_norm=1.0), sgd()),
    "another kind": ("opt-kind", lambda m: optim.SGD(m.parameters(), lr=1e-3), adam()),
    "Adagrad": ("opt-kind", lambda m: optim.Adagrad(m.parameters(), lr=1e-3), adam()),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_an_optimiser_is_named(name):
    expected, theirs, ours = CASES[name]

    found = diagnosed(theirs, ours)

    assert [fit.hypothesis for fit in found.fits] == [expected], found.sentences


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (adam(foreach=True), adam(foreach=False)),
        (sgd(foreach=True), sgd()),
        (by_rule(**ADAM), adam()),
        (by_rule(**SGD), sgd()),
        (by_rule(**RMSPROP), rmsprop()),
    ],
)
def test_another_implementation_of_one_rule_has_no_cause(theirs, ours):
    assert diagnosed(theirs, ours).note == "the part agrees: there is no cause"


@pytest.mark.parametrize(
    "theirs",
    [lambda m: optim.NAdam(m.parameters(), lr=1e-3), lambda m: optim.Rprop(m.parameters())],
)
def test_an_optimiser_that_no_hypothesis_covers_is_said_to_have_none(theirs):
    found = diagnosed(theirs, adam())

    assert not found.found
    assert found.sentences[0].startswith("no hypothesis fits (")


def test_an_optimiser_of_ours_that_is_not_written_out_is_said():
    found = diagnosed(adam(), lambda m: optim.NAdam(m.parameters(), lr=1e-3))

    assert found.sentences == ("NAdam is not written out here, so no hypothesis could be run",)


def test_the_evidence_names_the_parameters_of_a_group():
    found = diagnosed(grouped, adam())

    assert found.fits[0].place == "0.bias, 1.bias, 1.weight, 2.bias"


def test_settings_that_turn_the_direction_are_no_rule():
    assert rule_of({"class": "SGD", "lr": 0.1, "maximize": True}) is None
