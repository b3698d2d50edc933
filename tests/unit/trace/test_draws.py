"""Every random number of a run is seen, drawn from a frozen stream, and given to another run."""

import pytest
import torch
from torch import nn
from torch.nn import functional as fn

from scaffold.trace.draws import Drawn, Injected

DROPOUTS = {
    "a module": nn.Dropout(0.25),
    "a function": lambda x: fn.dropout(x, 0.25, training=True),
    "a mask in place": lambda x: x * torch.empty_like(x).bernoulli_(0.75) / 0.75,
    "a probability for each": lambda x: x * torch.bernoulli(torch.full_like(x, 0.75)) / 0.75,
    "small numbers kept": lambda x: x * (torch.rand_like(x) < 0.75) / 0.75,
    "numbers in place": lambda x: x * (torch.empty_like(x).uniform_() < 0.75) / 0.75,
}
X = torch.linspace(1, 2, 4096).reshape(64, 64)


def seen(run, seed=0):
    with Drawn(seed) as mode:
        found = run(X)
    return found, mode.draws


def injected(run, draws, **settings):
    with Injected(draws, **settings) as mode:
        found = run(X)
    return found, mode.problem


@pytest.mark.parametrize("name", DROPOUTS)
def test_a_dropout_is_one_draw_however_it_is_written(name):
    _, draws = seen(DROPOUTS[name])

    assert [draw.values.shape for draw in draws] == [X.shape]


@pytest.mark.parametrize("name", DROPOUTS)
def test_the_mask_of_one_dropout_is_that_of_another(name):
    theirs, draws = seen(DROPOUTS["a module"])

    ours, problem = injected(DROPOUTS[name], draws)

    assert problem is None
    torch.testing.assert_close(ours, theirs)


def test_large_numbers_may_keep_as_well():
    theirs, draws = seen(DROPOUTS["a module"])

    def large(x):
        return x * (torch.rand_like(x) >= 0.25) / 0.75

    torch.testing.assert_close(injected(large, draws, high={0})[0], theirs)
    assert not torch.equal(injected(large, draws)[0], theirs)


def test_a_mask_is_made_of_recorded_uniform_numbers():
    theirs, draws = seen(DROPOUTS["small numbers kept"])

    ours, _ = injected(DROPOUTS["a module"], draws)

    torch.testing.assert_close(ours, theirs)


def test_draws_do_not_depend_on_the_seed_of_torch_but_on_their_own():
    torch.manual_seed(1)
    first, _ = seen(torch.rand_like)
    torch.manual_seed(2)
    second, _ = seen(torch.rand_like)

    assert torch.equal(first, second)
    assert not torch.equal(first, seen(torch.rand_like, seed=1)[0])


@pytest.mark.parametrize(
    ("draw", "mean", "deviation"),
    [
        (torch.rand_like, 0.5, 12**-0.5),
        (lambda x: torch.empty_like(x).uniform_(-1, 3), 1.0, 4 * 12**-0.5),
        (torch.randn_like, 0.0, 1.0),
        (lambda x: torch.empty_like(x).normal_(2, 3), 2.0, 3.0),
        (lambda x: torch.empty_like(x).exponential_(2), 0.5, 0.5),
        (lambda x: torch.empty_like(x).bernoulli_(0.3), 0.3, 0.21**0.5),
    ],
)
def test_the_stream_has_the_distribution_that_was_asked_for(draw, mean, deviation):
    found, _ = seen(draw)

    assert float(found.mean()) == pytest.approx(mean, abs=5 * deviation / 64)
    assert float(found.std()) == pytest.approx(deviation, rel=0.1)


def test_numbers_of_one_kind_are_bent_to_the_parameters_of_ours():
    theirs, draws = seen(torch.randn_like)

    ours, problem = injected(lambda x: torch.empty_like(x).normal_(2, 3), draws)

    assert problem is None
    torch.testing.assert_close(ours, 3 * theirs + 2)


def test_a_mask_of_ones_is_no_draw():
    _, draws = seen(lambda x: x * torch.empty_like(x).bernoulli_(1.0))

    assert draws == []


@pytest.mark.parametrize(
    ("run", "reason", "wrong"),
    [
        (
            lambda x: fn.dropout(x, 0.5),
            (
                "draw 1: theirs is bernoulli(0.75) of shape [64, 64], "
                "ours bernoulli(0.5) of shape [64, 64]"
            ),
            True,
        ),
        (
            lambda x: x + torch.randn_like(x),
            (
                "draw 1: theirs is bernoulli(0.75) of shape [64, 64], "
                "ours normal(0, 1) of shape [64, 64]"
            ),
            True,
        ),
        (
            lambda x: x * torch.rand(64),
            "draw 1: theirs is bernoulli(0.75) of shape [64, 64], ours uniform(0, 1) of shape [64]",
            False,
        ),
        (
            lambda x: x,
            (
                "theirs draws random numbers once, ours never; "
                "the first without a partner: bernoulli(0.75) of shape [64, 64]"
            ),
            False,
        ),
        (
            lambda x: fn.dropout(fn.dropout(x, 0.25), 0.25),
            "theirs draws random numbers once, ours 2 times",
            False,
        ),
    ],
)
def test_draws_that_do_not_belong_together_are_said(run, reason, wrong):
    _, draws = seen(DROPOUTS["a module"])

    _, problem = injected(run, draws)

    assert problem is not None
    assert problem.reason == reason
    assert problem.wrong is wrong


def test_an_operation_of_another_kind_is_kept_as_it_is():
    order, draws = seen(lambda x: torch.randperm(len(x)))

    again, problem = injected(lambda x: torch.randperm(len(x)), draws)

    assert problem is None
    assert draws[0].said() == "randperm(64) of shape [64]"
    assert torch.equal(order, again)
