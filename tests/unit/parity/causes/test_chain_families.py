"""Calls too much that come together, whole parts that run twice, and what a layer of torch is."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from scaffold.parity.causes import diagnose_part

IMAGE, TOKENS = [(2, 3, 6, 6)], [(2, 5, 8)]
WEIGHTS = {"a": (8, 8)}


def kept(s, x):
    return torch.cumsum(x @ s.a, -1)


class Block(nn.Module):
    """A block with a residual, run once or twice."""

    def __init__(self, times):
        super().__init__()
        self.norm, self.mix, self.times = nn.LayerNorm(8), nn.Linear(8, 8), times

    def forward(self, x):
        for _ in range(self.times):
            x = x + torch.tanh(self.mix(self.norm(x)))
        return x


CASES = {
    "a chain": (
        "extra-chain",
        lambda w: w(kept, **WEIGHTS),
        lambda w: w(lambda s, x: kept(s, (x.sin() * 1.5 + 0.25).cos().roll(1, -1)), **WEIGHTS),
        TOKENS,
        "D59",
    ),
    "an image normalised once more": (
        "extra-chain",
        lambda w: w(lambda s, x: x.cumsum(-1).exp() * s.a.sum(), **WEIGHTS),
        lambda w: w(
            lambda s, x: (
                ((x - x.new_tensor([0.1, 0.2, 0.3]).view(3, 1, 1)) / 0.25).cumsum(-1).exp()
                * s.a.sum()
            ),
            **WEIGHTS,
        ),
        IMAGE,
        "D16",
    ),
    "a root of a mean of squares": (
        "undone",
        lambda w: w(lambda s, x: functional.avg_pool2d(x, 3) * s.a.sum(), **WEIGHTS),
        lambda w: w(
            lambda s, x: functional.avg_pool2d(x.square(), 3).sqrt() * s.a.sum(), **WEIGHTS
        ),
        IMAGE,
        "D58",
    ),
    "a border cut off": (
        "cut",
        lambda w: w(lambda s, x: x.mean((2, 3)) * s.a.sum(), **WEIGHTS),
        lambda w: w(lambda s, x: x[..., :-1].mean((2, 3)) * s.a.sum(), **WEIGHTS),
        IMAGE,
        "D24",
    ),
    "a block run twice": ("repeated", lambda _: Block(1), lambda _: Block(2), TOKENS, "D66"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_ours_does_too_much_is_found(name, diagnose):
    cause, theirs, ours, shapes, row = CASES[name]

    found = diagnose(theirs, ours, shapes)

    named = {fit.hypothesis: fit.rows for fit in found.fits}
    assert cause in named, found.sentences
    assert row in named[cause]


@pytest.mark.parametrize("name", [name for name in CASES if name != "a block run twice"])
def test_a_chain_that_theirs_has_too_is_no_cause(name, diagnose):
    """Ours has one number wrong behind the same chain: leaving the chain out fits nothing."""
    cause, _, ours, shapes, _ = CASES[name]

    def wrong(written):
        part = ours(written)
        inner = part.function
        part.function = lambda s, x: 1.25 * inner(s, x)
        return part

    found = diagnose(ours, wrong, shapes)

    assert found.found
    assert cause not in {fit.hypothesis for fit in found.fits}, found.sentences


def over_tokens(s, x):
    apart = x - x.mean(-2, keepdim=True)
    return apart / (apart.square().mean(-2, keepdim=True) + 1e-5).sqrt() * s.weight + s.bias


def mixed(s, x):
    axes = [0, 2, 3]
    mean = 0.9 * s.running_mean + 0.1 * x.mean(axes)
    var = 0.9 * s.running_var + 0.1 * x.var(axes, correction=0)
    shape = (1, -1, 1, 1)
    y = (x - mean.view(shape)) / (var.view(shape) + 1e-5).sqrt()
    return y * s.weight.view(shape) + s.bias.view(shape)


def absolute(s, x):
    apart = x - x.mean(-1, keepdim=True)
    return apart / (apart.abs().mean(-1, keepdim=True) + 1e-5) * s.weight + s.bias


def coarse(x):
    mantissa, exponent = torch.frexp(x)
    return torch.ldexp((mantissa * 2048).round() / 2048, exponent)


AFFINE = {"weight": (8,), "bias": (8,)}
LAYERS = {
    "LayerNorm over tokens": (nn.LayerNorm(8), over_tokens, AFFINE, TOKENS, "axis -2", "D58"),
    "LayerNorm by deviation": (nn.LayerNorm(8), absolute, AFFINE, TOKENS, "deviation", "D70"),
    "BatchNorm2d, mixed": (
        nn.BatchNorm2d(3),
        mixed,
        {"weight": (3,), "bias": (3,), "running_mean": (3,), "running_var": (3,)},
        IMAGE,
        "10% of the batch's statistics",
        "D128",
    ),
    "SiLU, of a square": (
        nn.SiLU(), lambda _, x: x.square() * torch.erf(x), {}, TOKENS, "something else", "D50",
    ),
    "AdaptiveAvgPool2d of cubes": (
        nn.AdaptiveAvgPool2d(1), lambda _, x: torch.erf(x).amax((2, 3), keepdim=True), {},
        IMAGE, "something else", "D63",
    ),
    "Linear in ten bits": (
        nn.Linear(8, 4), lambda s, x: coarse(x) @ coarse(s.weight).T + s.bias,
        {"weight": (4, 8), "bias": (4,)}, TOKENS, "TF32", "D05",
    ),
}  # fmt: skip


@pytest.fixture
def found(request, written):
    theirs, ours, tensors, shapes, *_ = LAYERS[request.param]
    return written(theirs, ours, tensors, shapes, kind=type(theirs).__name__)


@pytest.mark.parametrize(("found", "name"), [(n, n) for n in LAYERS], indirect=["found"])
def test_what_ours_is_instead_of_theirs_layer_is_told(found, name):
    *_, words, row = LAYERS[name]

    fit = next(fit for fit in found.fits if fit.hypothesis == "layer")
    assert words in fit.ours
    assert fit.rows[0] == row


def test_a_layer_of_another_class_is_not_taken_for_it(written):
    """Theirs is called a LayerNorm and is none: computing one does not reproduce it."""

    class LayerNorm(nn.Module):
        def forward(self, x):
            return x.cumsum(-1)

    found = written(LayerNorm(), over_tokens, AFFINE, TOKENS, kind="LayerNorm", filled=True)

    assert "layer" not in {fit.hypothesis for fit in (*found.fits, *found.also)}


class Dropping(nn.Module):
    """Dropout that evaluation does not turn off."""

    def __init__(self, share):
        super().__init__()
        self.share, self.mix = share, nn.Linear(8, 8)

    def forward(self, x):
        return self.mix(functional.dropout(x, self.share, training=True))


def test_dropout_that_is_left_on_is_named(diagnose):
    found = diagnose(lambda _: Dropping(0.0), lambda _: Dropping(0.5), TOKENS)

    assert found.certain
    assert found.fits[0].hypothesis == "random"
    assert found.fits[0].rows == ("D65", "D134")


def test_random_numbers_of_another_kind_are_told_without_a_cause(diagnose):
    ours = lambda w: w(lambda s, x: kept(s, x + torch.randn_like(x)), **WEIGHTS)  # noqa: E731
    found = diagnose(lambda w: w(kept, **WEIGHTS), ours, TOKENS)

    assert not found.found
    assert found.sentences == (
        "ours gives another output when it is run again: something random is left on",
    )


def test_a_part_without_calls_is_not_run():
    assert diagnose_part(nn.ReLU(), ()).sentences == (
        "no call was recorded, so nothing could be run",
    )
