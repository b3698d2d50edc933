"""Causes in how the calls of a part hang together."""

import pytest
import torch
from torch import nn
from torch.nn import functional

X, TOKENS, IMAGE = [(4, 8)], [(3, 5, 8)], [(2, 3, 4, 4)]


class Mlp(nn.Module):
    """A branch beside a residual."""

    def __init__(self, *, residual=True, scale=None, post=False, norm=True):
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(8), nn.Linear(8, 16), nn.Linear(16, 8)
        self.how = (residual, scale, post, norm)

    def forward(self, x):
        residual, scale, post, norm = self.how
        y = self.norm(x) if norm and not post else x
        y = self.down(functional.gelu(self.up(y)))
        y = (x if scale is None else x * scale) + y if residual else y
        return self.norm(y) if post else y


def mlp(**how):
    return lambda _: Mlp(**how)


def written_mlp(*, residual=True, post=False, twice=False):
    def norm(s, x):
        centre = x - x.mean(-1, keepdim=True)
        variance = centre.square().mean(-1, keepdim=True)
        return centre * torch.rsqrt(variance + 1e-5) * s.gain

    def forward(s, x):
        y = torch.relu((x if post else norm(s, x)) @ s.up.T) @ s.down.T
        y = x + y if residual else y
        y = norm(s, y) if post else y
        return y.tanh().tanh() if twice else y.tanh()

    return lambda w: w(forward, gain=(8,), up=(16, 8), down=(8, 16))


def layers(*modules):
    return lambda _: nn.Sequential(*modules)


class Joined(nn.Module):
    """Puts a token before or behind the others."""

    def __init__(self, *, last=False):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.mix = nn.Linear(8, 8)
        self.last = [last]

    def forward(self, x):
        token = self.token.expand(len(x), -1, -1)
        return self.mix(torch.cat([x, token] if self.last[0] else [token, x], 1))


def pooled(pool):
    return lambda w: w(lambda s, x: pool(x @ s.a), a=(8, 8))


def head(flatten):
    return lambda w: w(lambda s, x: flatten(x) @ s.a, a=(48, 5))


def named(order):
    """The same modules, called in another order."""

    class Ordered(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1)
            self.bn, self.act = nn.BatchNorm2d(3), nn.ReLU()

        def forward(self, x):
            for name in order:
                x = getattr(self, name)(x)
            return x

    return lambda _: Ordered()


def ordered(order):
    """The same steps as functions."""

    def forward(s, x):
        for step in order:
            if step == "conv":
                x = functional.conv2d(x, s.kernel, padding=1)
            elif step == "norm":
                x = functional.batch_norm(x, s.mean, s.var, s.weight, s.bias)
            else:
                x = functional.leaky_relu(x, 0.1)
        return x

    return lambda w: w(
        forward, ("mean", "var"), kernel=(3, 3, 3, 3), mean=(3,), var=(3,), weight=(3,), bias=(3,)
    )


class InPlace(nn.Module):
    """A skip that an activation in place would change."""

    def __init__(self, *, inplace):
        super().__init__()
        self.layer, self.act = nn.Linear(8, 8), nn.ReLU(inplace=inplace)

    def forward(self, x):
        x = self.layer(x)
        return self.act(x) * 0.5 + x


CASES = {
    "residual-missing, module": ("residual-missing", mlp(), mlp(residual=False), X),
    "residual-missing, by hand": (
        "residual-missing",
        lambda w: w(lambda s, x: x + torch.relu(x @ s.a), a=(8, 8)),
        lambda w: w(lambda s, x: torch.relu(x @ s.a), a=(8, 8)),
        X,
    ),
    "residual-extra, module": ("residual-extra", mlp(residual=False), mlp(), X),
    "residual-extra, by hand": (
        "residual-extra",
        written_mlp(residual=False),
        written_mlp(),
        X,
    ),
    "scale-missing, a residual": ("scale-missing", mlp(scale=0.5), mlp(), X),
    "extra, a norm": ("extra", mlp(norm=False), mlp(), X),
    "extra, functional": (
        "extra",
        pooled(lambda x: x.mean(1)),
        pooled(lambda x: x.tanh().mean(1)),
        TOKENS,
    ),
    "twice, module": (
        "twice",
        layers(nn.Linear(8, 8), nn.Tanh(), nn.Tanh()),
        layers(nn.Linear(8, 8), nn.Tanh(), nn.Identity()),
        X,
    ),
    "twice, by hand": ("twice", written_mlp(twice=True), written_mlp(), X),
    "order, pre-norm for post-norm": ("order", mlp(post=True), mlp(), X),
    "order, post-norm for pre-norm": ("order", mlp(), mlp(post=True), X),
    "order, modules": ("order", named(["conv", "act", "bn"]), named(["conv", "bn", "act"]), IMAGE),
    "order, functions": (
        "order",
        ordered(["conv", "act", "norm"]),
        ordered(["conv", "norm", "act"]),
        IMAGE,
    ),
    "cat-order, module": ("cat-order", lambda _: Joined(last=True), lambda _: Joined(), TOKENS),
    "cat-order, function": (
        "cat-order",
        lambda w: w(lambda s, x: torch.cat([x * 2, x.sin()], -1) @ s.a, a=(16, 8)),
        lambda w: w(lambda s, x: torch.cat([x.sin(), x * 2], -1) @ s.a, a=(16, 8)),
        X,
    ),
    "in-place, module": (
        "in-place",
        lambda _: InPlace(inplace=False),
        lambda _: InPlace(inplace=True),
        X,
    ),
    "in-place, function": (
        "in-place",
        lambda w: w(
            lambda s, x: functional.relu(y := x * s.a, inplace=True) * s.b + y, a=(8,), b=(8,)
        ),
        lambda w: w(lambda s, x: functional.relu(y := x * s.a) * s.b + y, a=(8,), b=(8,)),
        X,
    ),
    "flatten, NHWC": (
        "flatten",
        head(lambda x: x.permute(0, 2, 3, 1).flatten(1)),
        head(lambda x: x.flatten(1)),
        IMAGE,
    ),
    "flatten, reshape": (
        "flatten",
        head(lambda x: x.permute(0, 2, 3, 1).reshape(len(x), -1)),
        head(lambda x: x.reshape(len(x), -1)),
        IMAGE,
    ),
    "view, method": (
        "view",
        pooled(lambda x: x.reshape(-1, 8, 5).softmax(-1)),
        pooled(lambda x: x.transpose(1, 2).softmax(-1)),
        TOKENS,
    ),
    "view, back": (
        "view",
        pooled(lambda x: x.transpose(1, 2).softmax(-1)),
        pooled(lambda x: x.reshape(-1, 8, 5).softmax(-1)),
        TOKENS,
    ),
    "pooling, first for mean": (
        "pooling",
        pooled(lambda x: x[:, 0]),
        pooled(lambda x: x.mean(1)),
        TOKENS,
    ),
    "pooling, mean for first": (
        "pooling",
        pooled(lambda x: x.mean(dim=1)),
        pooled(lambda x: x[:, 0]),
        TOKENS,
    ),
    "pooling, maximum": (
        "pooling",
        pooled(lambda x: x.amax(1)),
        pooled(lambda x: x.mean(1)),
        TOKENS,
    ),
    "offset, a grid": (
        "offset",
        lambda w: w(lambda s, x: x + (torch.arange(8) + 0.5) * s.a, a=(8,)),
        lambda w: w(lambda s, x: x + torch.arange(8) * s.a, a=(8,)),
        X,
    ),
    "offset, a number": (
        "offset",
        lambda w: w(lambda s, x: torch.sigmoid(x @ s.a) * 2 - 0.5, a=(8, 8)),
        lambda w: w(lambda s, x: torch.sigmoid(x @ s.a) * 2 - 1.0, a=(8, 8)),
        X,
    ),
    "exponent, a power": (
        "exponent",
        lambda w: w(lambda s, x: (x @ s.a).exp() ** 0.3, a=(8, 8)),
        lambda w: w(lambda s, x: (x @ s.a).exp() ** 0.5, a=(8, 8)),
        X,
    ),
    "sign, subtraction": (
        "sign",
        lambda w: w(lambda s, x: x @ s.a - x, a=(8, 8)),
        lambda w: w(lambda s, x: x @ s.a + x, a=(8, 8)),
        X,
    ),
    "meshgrid, order": (
        ("meshgrid", "cat-order"),
        lambda w: w(
            lambda s, x: (
                x
                * torch.stack(torch.meshgrid(torch.arange(8), torch.arange(8), indexing="xy"))[0]
                * s.a
            ),
            a=(8,),
        ),
        lambda w: w(
            lambda s, x: (
                x
                * torch.stack(torch.meshgrid(torch.arange(8), torch.arange(8), indexing="ij"))[0]
                * s.a
            ),
            a=(8,),
        ),
        [(2, 8, 8)],
    ),
    "setting, a flag": ("setting", lambda _: Flagged(flag=True), lambda _: Flagged(flag=False), X),
    "dropout-scale, module": (
        "dropout-scale",
        lambda w: w(
            lambda s, x: torch.relu(functional.dropout(x @ s.a, 0.2, training=False) * 0.8),
            a=(8, 8),
        ),
        lambda w: w(
            lambda s, x: torch.relu(functional.dropout(x @ s.a, 0.2, training=False)), a=(8, 8)
        ),
        X,
    ),
}


class Switched(nn.Module):
    """Holds what is wrong in one of two ways to compute the same."""

    def __init__(self, *, right):
        super().__init__()
        self.layer, self.fused_attn = nn.Linear(8, 8), not right

    def forward(self, x):
        y = self.layer(x)
        return y if self.fused_attn else torch.fft.fft(y).real.sort().values


def test_a_flag_that_says_how_is_no_setting_of_theirs(diagnose):
    found = diagnose(lambda _: Switched(right=True), lambda _: Switched(right=False), X)

    assert "setting" not in [fit.hypothesis for fit in found.fits]


class Flagged(nn.Module):
    """Does something that no edit of a call gives."""

    def __init__(self, *, flag):
        super().__init__()
        self.layer, self.flag = nn.Linear(8, 8), flag

    def forward(self, x):
        y = self.layer(x)
        return torch.fft.fft(y).real.sort().values if self.flag else y


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_the_structure_is_named(name, diagnose):
    expected, *case = CASES[name]
    group = {expected} if isinstance(expected, str) else set(expected)

    found = diagnose(*case)

    assert {fit.hypothesis for fit in found.fits} == group, found.sentences
