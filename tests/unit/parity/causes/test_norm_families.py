"""Causes inside a normalisation, as a module and written by hand."""

import pytest
import torch
from torch import nn
from torch.nn import functional


def layer_norm(x, weight, bias, eps, *, unbiased=False, centred=True, outside=False):
    centre = x - x.mean(-1, keepdim=True) if centred else x
    variance = x.var(-1, keepdim=True, unbiased=unbiased)
    if not centred:
        variance = x.pow(2).mean(-1, keepdim=True)
    root = torch.sqrt(variance) + eps if outside else torch.sqrt(variance + eps)
    return centre / root * weight + bias


def by_hand(**settings):
    settings = {"eps": 1e-6, **settings}
    return lambda w: w(
        lambda s, x: layer_norm(x, s.weight, s.bias, **settings), weight=(8,), bias=(8,)
    )


def module(**settings):
    return lambda _: nn.LayerNorm(8, **{"eps": 1e-6, **settings})


def functional_norm(change):
    return lambda w: w(change, weight=(8,), bias=(8,))


def batch_norm(x, s, *, training=False, eps=1e-5):
    axes = (0, 2, 3)
    mean, var = (x.mean(axes), x.var(axes, unbiased=False)) if training else (s.mean, s.var)
    shape = (1, -1, 1, 1)
    x = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return x * s.weight.view(shape) + s.bias.view(shape)


def batch_by_hand(**settings):
    return lambda w: w(
        lambda s, x: batch_norm(x, s, **settings),
        ("mean", "var"),
        weight=(4,),
        bias=(4,),
        mean=(4,),
        var=(4,),
    )


def rms(x, weight, eps=1e-6, *, one=False):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * (1 + weight if one else weight)


TOKENS, IMAGE = [(2, 5, 8)], [(3, 4, 6, 6)]
CASES = {
    "eps, module": ("eps", module(eps=1e-5), module(), TOKENS),
    "eps 1e-12, module": ("eps", module(eps=1e-12), module(eps=1e-5), TOKENS),
    "eps, by hand": ("eps", by_hand(eps=1e-5), by_hand(), TOKENS),
    "eps nobody writes, module": ("eps", module(eps=3.7e-4), module(), TOKENS),
    "eps, BatchNorm": (
        "eps",
        lambda _: nn.BatchNorm2d(4, eps=1e-3),
        lambda _: nn.BatchNorm2d(4),
        IMAGE,
    ),
    "eps, BatchNorm by hand": ("eps", batch_by_hand(eps=1e-3), batch_by_hand(), IMAGE),
    "eps, GroupNorm": (
        "eps",
        lambda _: nn.GroupNorm(2, 4, eps=1e-6),
        lambda _: nn.GroupNorm(2, 4),
        IMAGE,
    ),
    "eps, RMSNorm": (
        "eps",
        lambda _: nn.RMSNorm(8, eps=1e-5),
        lambda _: nn.RMSNorm(8, eps=1e-6),
        TOKENS,
    ),
    "eps-place, module": ("eps-place", by_hand(eps=1e-3, outside=True), module(eps=1e-3), TOKENS),
    "eps-place, by hand": (
        "eps-place",
        by_hand(eps=1e-3, outside=True),
        by_hand(eps=1e-3),
        TOKENS,
    ),
    "eps-place, back": ("eps-place", by_hand(eps=1e-3), by_hand(eps=1e-3, outside=True), TOKENS),
    "variance, module": ("variance", by_hand(unbiased=True), module(), TOKENS),
    "variance, by hand": ("variance", by_hand(unbiased=True), by_hand(), TOKENS),
    "variance, back": ("variance", by_hand(), by_hand(unbiased=True), TOKENS),
    "centring, module": ("centring", by_hand(centred=False), module(), TOKENS),
    "centring, RMSNorm": (
        "centring",
        lambda _: nn.LayerNorm(8, bias=False, eps=1e-6),
        lambda _: nn.RMSNorm(8, eps=1e-6),
        TOKENS,
    ),
    "centring, by hand": (
        "centring",
        by_hand(),
        by_hand(centred=False),
        TOKENS,
    ),
    "gain, module": (
        "gain",
        functional_norm(lambda s, x: functional.layer_norm(x, (8,), 1 + s.weight, s.bias, 1e-6)),
        module(),
        TOKENS,
    ),
    "gain, by hand": (
        "gain",
        lambda w: w(lambda s, x: rms(x, s.weight, one=True), weight=(8,)),
        lambda w: w(lambda s, x: rms(x, s.weight), weight=(8,)),
        TOKENS,
    ),
    "affine, module": (
        "affine",
        functional_norm(lambda s, x: functional.layer_norm(x, (8,), s.weight, None, 1e-6)),
        module(),
        TOKENS,
    ),
    "affine, functional": (
        "affine",
        functional_norm(lambda s, x: functional.layer_norm(x, (8,), None, s.bias, 1e-6)),
        functional_norm(lambda s, x: functional.layer_norm(x, (8,), s.weight, s.bias, 1e-6)),
        TOKENS,
    ),
    "batch-statistics, module": (
        "batch-statistics",
        lambda _: nn.BatchNorm2d(4, track_running_stats=True).train(),
        lambda _: nn.BatchNorm2d(4),
        IMAGE,
        {"theirs_trains": True},
    ),
    "batch-statistics, by hand": (
        "batch-statistics",
        batch_by_hand(training=True),
        batch_by_hand(),
        IMAGE,
    ),
    "groups, module": (
        "groups",
        lambda _: nn.GroupNorm(4, 8),
        lambda _: nn.GroupNorm(2, 8),
        [(2, 8, 5, 5)],
    ),
    "groups, functional": (
        "groups",
        lambda w: w(
            lambda s, x: functional.group_norm(x, 4, s.weight, s.bias), weight=(8,), bias=(8,)
        ),
        lambda w: w(
            lambda s, x: functional.group_norm(x, 2, s.weight, s.bias), weight=(8,), bias=(8,)
        ),
        [(2, 8, 5, 5)],
    ),
    "running-statistics, module": (
        "running-statistics",
        lambda _: nn.BatchNorm2d(4),
        lambda _: nn.BatchNorm2d(4),
        IMAGE,
        {"forgets": "running_var"},
    ),
    "running-statistics, by hand": (
        "running-statistics",
        batch_by_hand(),
        batch_by_hand(),
        IMAGE,
        {"forgets": "var"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_a_normalisation_is_named(name, diagnose):
    expected, *case = CASES[name]

    found = diagnose(*case)

    assert [fit.hypothesis for fit in found.fits] == [expected], found.sentences


def test_the_evidence_names_both_settings_and_both_ratios(diagnose):
    found = diagnose(module(eps=1e-5), module(), TOKENS)

    first = found.sentences[0]
    assert first.startswith("eps=1e-05 reproduces it, q ")
    assert "; yours is 1e-06, q " in first
    assert "(layer_norm, call 1)" in first


def test_a_number_that_nobody_would_write_is_solved_for(diagnose):
    found = diagnose(module(eps=3.7e-4), module(), TOKENS)

    assert found.fits[0].claim == "eps=0.00037"
