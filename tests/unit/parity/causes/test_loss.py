"""Causes in a loss: its value, or only its gradient."""

import pytest
import torch
from torch.nn import functional

from scaffold.parity.causes.loss import diagnose_loss
from scaffold.trace import nest
from scaffold.trace.loss import cases, evaluated

entropy = functional.cross_entropy


def diagnosed(theirs, ours, target=None):
    """Record theirs on the cases of a loss, and diagnose ours."""
    stream = torch.Generator().manual_seed(5)
    output = torch.randn(6, 5, generator=stream)
    target = torch.tensor([0, 1, 2, 3, 4, 1]) if target is None else target
    structure = nest.outline(output)
    given = [
        (case, evaluated(lambda o, t: {"term": theirs(o, t)}, structure, case, torch.float32))
        for case in cases(nest.leaves(output), target, 0)
        if case.name != "ignored" or theirs in IGNORING
    ]
    return diagnose_loss(lambda o, t: {"term": ours(o, t)}, structure, given, "term")


def focal(*, gamma=2.0, stop=True, smoothing=0.1, weight=1e-4, total="mean"):
    def loss(o, t):
        p = functional.log_softmax(o, -1).exp().gather(1, t[:, None])[:, 0]
        w = (1 - p) ** gamma
        w = w.detach() if stop else w
        each = w * entropy(o, t, label_smoothing=smoothing, reduction="none")
        return getattr(each, total)() + weight * torch.logsumexp(o, -1).square().mean()

    return loss


def smoothed(e, *, others=False):
    """Label smoothing by hand."""

    def loss(o, t):
        logs = o.log_softmax(-1)
        true = -logs.gather(1, t[:, None])[:, 0]
        spread = -(logs.sum(-1) + true) / (o.shape[-1] - 1) if others else -logs.mean(-1)
        return ((1 - e) * true + e * spread).mean()

    return loss


def plain(**settings):
    return lambda o, t: entropy(o, t, **settings)


def all_targets(o, t):
    return entropy(o, t, reduction="sum") / t.numel()


def regression(call, **settings):
    return lambda o, _: call(
        o, torch.linspace(-1, 1, o.shape[-1]).expand_as(o).to(o.dtype), **settings
    )


def clamped(o, _):
    return o.clamp(-0.5, 0.5).square().sum()


def straight(o, _):
    return (o + (o.clamp(-0.5, 0.5) - o).detach()).square().sum()


IGNORING = (all_targets,)
WEIGHTS = torch.tensor([1.0, 2.0, 0.5, 1.5, 1.0])
CASES = {
    "reduction, torch's": ("reduction", plain(reduction="sum"), plain()),
    "reduction, by hand": ("reduction", focal(total="sum"), focal()),
    "label-smoothing, torch's": ("label-smoothing", plain(label_smoothing=0.1), plain()),
    "label-smoothing, e/(K-1)": (
        "label-smoothing",
        smoothed(0.1, others=True),
        plain(label_smoothing=0.1),
    ),
    "label-smoothing, by hand": ("label-smoothing", smoothed(0.2), smoothed(0.1)),
    "ignored, all count": (("reduction", "ignored"), all_targets, plain()),
    "class-weight, none": (
        "class-weight",
        plain(),
        lambda o, t: entropy(o, t, weight=WEIGHTS.to(o.dtype)),
    ),
    "gradient-stopped, focal": ("gradient-stopped", focal(), focal(stop=False)),
    "gradient-let-through, focal": ("gradient-let-through", focal(stop=False), focal()),
    "gradient-let-through, clamp": ("gradient-let-through", straight, clamped),
    "softmax-twice, torch's": ("softmax-twice", lambda o, t: entropy(o.softmax(-1), t), plain()),
    "extra, softmax before": ("extra", plain(), lambda o, t: entropy(o.softmax(-1), t)),
    "log-softmax, unsafe": (
        "log-softmax",
        lambda o, t: functional.nll_loss(o.softmax(-1).log(), t),
        plain(),
    ),
    "exponent, gamma": ("exponent", focal(), focal(gamma=1.0)),
    "scale, weight of a term": ("scale", focal(), focal(weight=1e-3)),
    "loss-threshold, beta": (
        "loss-threshold",
        regression(functional.smooth_l1_loss, beta=0.1),
        regression(functional.smooth_l1_loss),
    ),
    "loss-kind, distance": (
        "loss-kind",
        regression(functional.l1_loss),
        regression(functional.mse_loss),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_a_loss_is_named(name):
    expected, theirs, ours = CASES[name]
    group = {expected} if isinstance(expected, str) else set(expected)

    found = diagnosed(theirs, ours)

    assert {fit.hypothesis for fit in found.fits} == group, found.sentences


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (plain(), lambda o, t: functional.nll_loss(o.log_softmax(-1), t)),
        (plain(label_smoothing=0.1), smoothed(0.1)),
        (focal(), focal()),
        (plain(), lambda o, t: (torch.logsumexp(o, -1) - o.gather(1, t[:, None])[:, 0]).mean()),
    ],
)
def test_another_way_to_write_a_loss_has_no_cause(theirs, ours):
    found = diagnosed(theirs, ours)

    assert not found.found
    assert found.sentences == ("the part agrees: there is no cause",)


@pytest.mark.parametrize(
    "theirs",
    [
        lambda o, t: entropy(o, t) + 0.01 * o.sort(-1).values[:, 0].mean(),
        lambda o, t: (entropy(o, t, reduction="none").cumsum(0) * 0.3).mean(),
        lambda o, t: entropy(o + 0.1 * o.roll(1, 0), t),
    ],
)
def test_what_no_hypothesis_covers_is_said_to_have_none(theirs):
    found = diagnosed(theirs, plain())

    assert not found.found
    assert found.sentences[0].startswith("no hypothesis fits (")


def test_a_term_that_theirs_has_not_is_said():
    assert diagnose_loss(lambda _o, _t: {}, {"is": "tensor"}, [], "extra").sentences == (
        "theirs has no term extra, so nothing could be run",
    )
