"""Normalise wrongly: over another axis, by another spread, in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm

from benchmarks.defects.operators.defect import both, defect, kinds
from benchmarks.defects.tamper import loaded, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

WITH_STATISTICS = kinds(_BatchNorm)


def over_channels(place: Place) -> bool:
    """Fit a LayerNorm or RMSNorm over the last axis alone that is given tokens."""
    name = type(place.module).__name__
    tokens = bool(place.given) and len(place.given[0]) >= 3 and place.given[0][-2] > 1
    return place.called > 0 and tokens and (name == "LayerNorm" or "RMS" in name)


def centred(place: Place) -> bool:
    """Fit a plain LayerNorm."""
    return type(place.module) is nn.LayerNorm and place.called > 0


def shifting(place: Place) -> bool:
    """Fit norms with a gain and a shift."""
    own = dict(place.module.named_parameters(recurse=False))
    return "orm" in type(place.module).__name__ and {"weight", "bias"} <= own.keys()


@defect("norm.over-tokens", "D58", "normalises over tokens for channels", over_channels)
def over_tokens(part: nn.Module, _: Place) -> None:
    """The axis before the last; gain and shift stay with the channels."""

    def change(_plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        mean = x.mean(-2, keepdim=True)
        spread = x.var(-2, keepdim=True, unbiased=False)
        y = (x - mean) * torch.rsqrt(spread + 1e-5) * self.weight
        bias = getattr(self, "bias", None)
        return y if bias is None else y + bias

    retold(part, change)


@defect("norm.absolute-deviation", "D70", "divides by the mean absolute deviation", centred)
def absolute_deviation(part: nn.Module, _: Place) -> None:
    """An L1 norm for the L2 norm."""

    def change(_plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        apart = x - x.mean(-1, keepdim=True)
        y = apart / (apart.abs().mean(-1, keepdim=True) + self.eps)
        y = y if self.weight is None else y * self.weight
        return y if self.bias is None else y + self.bias

    retold(part, change)


@defect("norm.eps-floor", "D47 D107", "the variance is at least eps, for eps added to it", centred)
def eps_floor(part: nn.Module, _: Place) -> None:
    """max(var, eps)."""

    def change(_plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        variance, mean = torch.var_mean(x, dim=-1, keepdim=True, unbiased=False)
        y = (x - mean) / variance.clamp(min=self.eps).sqrt()
        y = y if self.weight is None else y * self.weight
        return y if self.bias is None else y + self.bias

    retold(part, change)


@defect("norm.gain-squared", "D160", "the gain is applied twice", shifting)
def gain_squared(part: nn.Module, _: Place) -> None:
    """Folded into the weight and applied again."""
    loaded(part, lambda own: {"weight": own["weight"].square()})


@defect("norm.shift-first", "D161", "the shift is added before the gain", shifting)
def shift_first(part: nn.Module, _: Place) -> None:
    """Give gain * (y + shift)."""
    loaded(part, lambda own: {"bias": own["bias"] * own["weight"]})


@defect(
    "batchnorm.half-trained",
    "D128 D139",
    "a tenth of the batch's statistics is mixed in, in eval",
    WITH_STATISTICS,
)
def half_trained(part: nn.Module, _: Place) -> None:
    """Updated first, used then."""

    def change(_plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        axes = [axis for axis in range(x.ndim) if axis != 1]
        mean = 0.9 * self.running_mean + 0.1 * x.mean(axes)
        spread = 0.9 * self.running_var + 0.1 * x.var(axes, unbiased=False)
        return functional.batch_norm(x, mean, spread, self.weight, self.bias, eps=self.eps)

    retold(part, change)


@defect("batchnorm.variance-rolled", "D161", "variances are off by one channel", WITH_STATISTICS)
def variance_rolled(part: nn.Module, _: Place) -> None:
    """The neighbour's."""
    loaded(part, lambda own: {"running_var": own["running_var"].roll(1, 0)})


@defect("batchnorm.precision", "D160", "running precision for variance", WITH_STATISTICS)
def precision(part: nn.Module, _: Place) -> None:
    """1 / var, as a folded checkpoint stores it."""
    loaded(part, lambda own: {"running_var": 1 / own["running_var"]})


@defect(
    "groupnorm.dealt",
    "D76",
    "channels are dealt to groups in turn",
    both(kinds(nn.GroupNorm), lambda p: 1 < p.module.num_groups < p.module.num_channels),
)
def dealt(part: nn.Module, _: Place) -> None:
    """Channel 0, g, 2g in the first group."""

    def change(_plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        y = x.unflatten(1, (-1, self.num_groups)).transpose(1, 2).flatten(1, 2)
        y = functional.group_norm(y, self.num_groups, eps=self.eps)
        y = y.unflatten(1, (self.num_groups, -1)).transpose(1, 2).flatten(1, 2)
        shape = (1, -1, *[1] * (x.ndim - 2))
        return y * self.weight.view(shape) + self.bias.view(shape)

    retold(part, change)
