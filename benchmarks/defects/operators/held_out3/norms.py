"""Normalise wrongly: other axes, other roots, statistics of another file or of one sample."""

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

RUNNING = both(kinds(_BatchNorm), lambda p: p.module.running_mean is not None)
GROUPED = both(kinds(nn.GroupNorm), lambda p: bool(p.given) and len(p.given[0]) == 4)


def of_tokens(place: Place) -> bool:
    """Fit a LayerNorm over the last axis that is given tokens or places."""
    given = place.given[0] if place.given else ()
    plain = type(place.module) is nn.LayerNorm and place.called > 0
    return plain and len(given) >= 3 and max(given[1:-1]) > 1


def of_squares(place: Place) -> bool:
    """Fit an RMSNorm that owns a gain."""
    own = dict(place.module.named_parameters(recurse=False))
    return "RMSNorm" in type(place.module).__name__ and "weight" in own and place.called > 0


def _affine(part: Any, x: Tensor) -> Tensor:
    """Apply gain and shift per channel of the second axis."""
    if part.weight is None:
        return x
    shape = (1, -1, *[1] * (x.ndim - 2))
    return x * part.weight.view(shape) + part.bias.view(shape)


@defect("norm.over-sample", "D58", "normalises over tokens and channels together", of_tokens)
def over_sample(part: nn.Module, _: Place) -> None:
    """An axis list for the last axis: (1, 2) for (2,)."""

    def change(_plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        y = functional.layer_norm(x, x.shape[1:], eps=self.eps)
        y = y if self.weight is None else y * self.weight
        return y if self.bias is None else y + self.bias

    retold(part, change)


@defect(
    "rmsnorm.by-deviation", "D70", "divides by the deviation for the root mean square",
    of_squares,
)  # fmt: skip
def by_deviation(part: nn.Module, _: Place) -> None:
    """The mean is left in what is divided, and taken out of what it is divided by."""

    def change(plain: Callable[..., Tensor], _self: Any, x: Tensor) -> Tensor:
        wrong = x.var(-1, keepdim=True, unbiased=False)
        return plain(x) * torch.sqrt((x.square().mean(-1, keepdim=True) + 1e-6) / (wrong + 1e-6))

    retold(part, change)


@defect(
    "rmsnorm.no-root-of-width", "D56", "divides by the length, not by the root mean square",
    of_squares,
)  # fmt: skip
def no_root(part: nn.Module, _: Place) -> None:
    """F.normalize without its root of the width."""
    retold(part, lambda plain, _self, x: plain(x) / x.shape[-1] ** 0.5)


@defect("groupnorm.per-place", "D58", "a group is normalised at each place alone", GROUPED)
def per_place(part: nn.Module, _: Place) -> None:
    """The axes of the image are left out of the statistics."""

    def change(_plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        y = x.unflatten(1, (self.num_groups, -1))
        spread, mean = torch.var_mean(y, dim=2, keepdim=True, unbiased=False)
        return _affine(self, ((y - mean) * torch.rsqrt(spread + self.eps)).flatten(1, 2))

    retold(part, change)


@defect(
    "groupnorm.unbiased", "D79", "the variance of a group or map is divided by n - 1",
    kinds(nn.GroupNorm, nn.InstanceNorm2d),
)  # fmt: skip
def unbiased(part: nn.Module, _: Place) -> None:
    """torch.var as it is by default."""

    def change(_plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        groups = getattr(self, "num_groups", x.shape[1])
        y = x.unflatten(1, (groups, -1)).flatten(2)
        y = (y - y.mean(-1, keepdim=True)) / torch.sqrt(y.var(-1, keepdim=True) + self.eps)
        return _affine(self, y.view(x.shape))

    retold(part, change)


@defect("batchnorm.per-sample", "D139 D151", "each sample is normalised by itself", RUNNING)
def per_sample(part: nn.Module, _: Place) -> None:
    """An instance norm with the weights of a batch norm."""

    def change(plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        if x.ndim < 3 or x[0, 0].numel() < 2:
            return plain(x)
        return _affine(self, functional.instance_norm(x, eps=self.eps))

    retold(part, change)


@defect(
    "batchnorm.eps-twice", "D47", "eps stands in the stored variance and is added again",
    RUNNING,
)  # fmt: skip
def eps_twice(part: Any, _: Place) -> None:
    """A folded checkpoint that was unfolded."""
    loaded(part, lambda own: {"running_var": own["running_var"] + part.eps})


@defect("batchnorm.sums-undivided", "D160", "running sums are not divided by their factor", RUNNING)
def sums_undivided(part: nn.Module, _: Place) -> None:
    """Caffe's third blob is not read; mean and variance are too small by one share."""
    loaded(part, lambda own: {n: own[n] * 0.95 for n in ("running_mean", "running_var")})


@defect("batchnorm.stale", "D168", "running statistics of an earlier epoch", RUNNING)
def stale(part: nn.Module, _: Place) -> None:
    """A tenth of where they started is still in them."""
    loaded(
        part,
        lambda own: {
            "running_mean": own["running_mean"] * 0.9,
            "running_var": own["running_var"] * 0.9 + 0.1,
        },
    )
