"""A small net with everything that differs in training, and wrong and harmless ways to write it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.training.recipe import CLASSES

Mask = Callable[[Tensor, float], Tensor]
"""Drop with a rate, in training."""
RATE, DEPTH, WIDTH = 0.25, 0.4, 12


def dropped(x: Tensor, rate: float) -> Tensor:
    """Drop elements, and scale what is left."""
    return functional.dropout(x, rate)


def unscaled(x: Tensor, rate: float) -> Tensor:
    """Drop elements, and leave the scale."""
    return x * torch.empty_like(x).bernoulli_(1 - rate)


def scaled_by_rate(x: Tensor, rate: float) -> Tensor:
    """Keep with the rate of dropping."""
    return functional.dropout(x, 1 - rate)


def channels(x: Tensor, rate: float) -> Tensor:
    """Drop whole channels."""
    return x * x.new_empty(x.shape[-1]).bernoulli_(1 - rate) / (1 - rate)


def module(x: Tensor, rate: float) -> Tensor:
    """The same by a module."""
    return nn.Dropout(rate)(x)  # type: ignore[no-any-return] # a module returns anything


def small_kept(x: Tensor, rate: float) -> Tensor:
    """The same by hand."""
    return x * (torch.rand_like(x) < 1 - rate) / (1 - rate)


def large_kept(x: Tensor, rate: float) -> Tensor:
    """The same by hand, the other way round."""
    return x * (torch.rand_like(x) >= rate) / (1 - rate)


def by_probability(x: Tensor, rate: float) -> Tensor:
    """The same with a probability for each element."""
    return x * torch.bernoulli(torch.full_like(x, 1 - rate)).div(1 - rate)


def fewer(x: Tensor, rate: float) -> Tensor:
    """Drop samples, and scale what is left."""
    return x * x.new_empty(len(x), 1).bernoulli_(1 - rate) / (1 - rate)


def fewer_batches(x: Tensor, rate: float) -> Tensor:
    """Drop the batch."""
    return x * x.new_empty(1, 1).bernoulli_(1 - rate) / (1 - rate)


def fewer_unscaled(x: Tensor, rate: float) -> Tensor:
    """Drop samples, and leave the scale."""
    return x * x.new_empty(len(x), 1).bernoulli_(1 - rate)


def fewer_floor(x: Tensor, rate: float) -> Tensor:
    """The same by rounding down."""
    return x / (1 - rate) * torch.floor(1 - rate + torch.rand(len(x), 1, dtype=x.dtype))


def fewer_flat(x: Tensor, rate: float) -> Tensor:
    """The same with a mask of one axis."""
    return x * (x.new_empty(len(x)).bernoulli_(1 - rate) / (1 - rate))[:, None]


class Slope(torch.autograd.Function):
    """A rectifier whose gradient is right."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """Cut at zero."""
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        """Let through what was above zero."""
        (x,) = ctx.saved_tensors
        return slopes[0] * (x > 0)


class Leaky(Slope):
    """A rectifier whose gradient leaks."""

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        """Let a tenth through below zero."""
        (x,) = ctx.saved_tensors
        return slopes[0] * torch.where(x > 0, 1.0, 0.1)


def straight(x: Tensor) -> Tensor:
    """A straight-through estimator of a rectifier."""
    return x + (torch.relu(x) - x).detach()


class Clamped(Slope):
    """A rectifier whose gradient ends at a half."""

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        """Let through what was between zero and a half."""
        (x,) = ctx.saved_tensors
        return slopes[0] * ((x > 0) & (x < 0.5))


class Branch(nn.Module):
    """One residual branch."""

    def __init__(
        self, bent: Callable[[Tensor], Tensor], drop: Mask, rate: float, place: str
    ) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)
        self.bent, self.drop, self.rate, self.place = bent, drop, rate, place

    def forward(self, x: Tensor) -> Tensor:
        """Widen, bend, drop, narrow."""
        if self.training and self.place == "before":
            return self.down(self.bent(self.drop(self.up(x), self.rate)))  # type: ignore[no-any-return]
        if self.training and self.place == "input":
            x = self.drop(x, self.rate)
        hidden = self.bent(self.up(x))
        if self.training and self.place == "within":
            hidden = self.drop(hidden, self.rate)
        narrow: Tensor = self.down(hidden)
        return self.drop(narrow, self.rate) if self.training and self.place == "after" else narrow


class Modes(nn.Module):
    """Statistics, dropout, stochastic depth, and a head for training alone."""

    def __init__(
        self,
        *,
        drop: Mask = dropped,
        rate: float = RATE,
        place: str = "within",
        path: Mask = fewer,
        depths: tuple[float, float] = (DEPTH / 2, DEPTH),
        momentum: float = 0.1,
        frozen: bool = False,
        side: bool = True,
        bent: Callable[[Tensor], Tensor] = torch.relu,
        stopped: str = "",
    ) -> None:
        super().__init__()
        self.enter = nn.Linear(6, WIDTH)
        self.norm = nn.BatchNorm1d(WIDTH, momentum=momentum)
        self.first = Branch(bent, drop, rate, place)
        self.second = Branch(bent, drop, rate, place)
        self.leave, self.side = nn.Linear(WIDTH, CLASSES), nn.Linear(WIDTH, CLASSES)
        self.path, self.depths, self.frozen, self.has_side = path, depths, frozen, side
        self.stopped = stopped

    def train(self, mode: bool = True) -> Modes:  # noqa: FBT002 - torch's signature
        """Keep the statistics where they are frozen."""
        super().train(mode)
        if self.frozen:
            self.norm.eval()
        return self

    def forward(self, x: Tensor) -> Any:
        """Classify rows of six numbers."""
        x = torch.tanh(self.norm(self.enter(x)))
        for branch, depth in zip((self.first, self.second), self.depths, strict=True):
            y = branch(x)
            x = x.detach() if self.stopped == "residual" else x
            y = y.detach() if self.stopped == "branch" and branch is self.second else y
            x = x + (self.path(y, depth) if self.training and depth else y)
        if self.training and self.has_side:
            return self.leave(x), self.side(x)
        return self.leave(x)


WRONG_MODES: dict[str, tuple[str, str, Callable[..., nn.Module]]] = {
    "dropout.rate": ("D134", "train", partial(Modes, rate=0.3)),
    "dropout.keep-for-rate": ("D134", "train", partial(Modes, drop=scaled_by_rate)),
    "dropout.unscaled": ("D134", "train", partial(Modes, drop=unscaled)),
    "dropout.of-the-input": ("D134", "train", partial(Modes, place="input")),
    "dropout.after": ("D134", "train", partial(Modes, place="after")),
    "dropout.none": ("D134", "train", partial(Modes, place="nowhere")),
    "dropout.channels": ("D134", "train", partial(Modes, drop=channels)),
    "depth.rate": ("D135", "train", partial(Modes, depths=(DEPTH, DEPTH))),
    "depth.per-batch": ("D135", "train", partial(Modes, path=fewer_batches)),
    "depth.unscaled": ("D135", "train", partial(Modes, path=fewer_unscaled)),
    "depth.one-block": ("D135", "train", partial(Modes, depths=(0.0, DEPTH))),
    "statistics.momentum": ("D128", "train", partial(Modes, momentum=0.9)),
    "statistics.frozen": ("D114", "train", partial(Modes, frozen=True)),
    "head.not-in-training": ("D93", "train", partial(Modes, side=False)),
    "backward.branch-stopped": ("D89", "backward", partial(Modes, stopped="branch")),
    "backward.residual-stopped": ("D89", "backward", partial(Modes, stopped="residual")),
    "backward.straight-through": ("D90", "backward", partial(Modes, bent=straight)),
    "backward.leaking": ("D90", "backward", partial(Modes, bent=Leaky.apply)),
    "backward.clamped": ("D90", "backward", partial(Modes, bent=Clamped.apply)),
}
"""Row of the catalogue, lowest rung, and the net."""

SAME_MODES: dict[str, tuple[str, Callable[..., nn.Module]]] = {
    "dropout.module": ("train", partial(Modes, drop=module)),
    "dropout.small-kept": ("train", partial(Modes, drop=small_kept)),
    "dropout.large-kept": ("train", partial(Modes, drop=large_kept)),
    "dropout.by-probability": ("train", partial(Modes, drop=by_probability)),
    # A rectifier and a mask are the same in either order.
    "dropout.before-the-rectifier": ("train", partial(Modes, place="before")),
    "depth.floor": ("train", partial(Modes, path=fewer_floor)),
    "depth.flat": ("train", partial(Modes, path=fewer_flat)),
    "backward.own-function": ("backward", partial(Modes, bent=Slope.apply)),
    "backward.clamp": ("backward", partial(Modes, bent=partial(torch.clamp, min=0))),
    "nothing.modes": ("train", Modes),
}
