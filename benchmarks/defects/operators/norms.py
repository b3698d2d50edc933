"""Normalise wrongly: another eps, another variance, another affine, another set of statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from benchmarks.defects.operators.defect import both, defect, kinds
from benchmarks.defects.tamper import loaded, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

EPS = ("eps", "variance_epsilon")
WITH_STATISTICS = kinds(_BatchNorm)


def is_norm(place: Place) -> bool:
    """Fit every kind of normalisation, by what it has."""
    named = type(place.module).__name__.lower()
    return "norm" in named and place.called > 0 and _eps_name(place.module) is not None


def affine(place: Place) -> bool:
    """Fit norms with a gain and a shift."""
    weight, bias = (getattr(place.module, name, None) for name in ("weight", "bias"))
    return isinstance(weight, Tensor) and isinstance(bias, Tensor)


def last_axis(place: Place) -> bool:
    """Fit norms over the last axis alone."""
    return type(place.module).__name__ == "LayerNorm" or "RMS" in type(place.module).__name__


@defect("norm.eps-times-10", "D47 D48", "eps is ten times theirs", is_norm, cause="norm.eps")
def larger_eps(part: Any, _: Place) -> None:
    """1e-5 for 1e-6."""
    setattr(part, _eps_name(part), getattr(part, _eps_name(part)) * 10)


@defect("norm.eps-1e-3", "D47 D48", "eps is 1e-3", is_norm, cause="norm.eps")
def keras_eps(part: Any, _: Place) -> None:
    """Keras's default."""
    name = _eps_name(part)
    setattr(part, name, 1e-5 if getattr(part, name) == 1e-3 else 1e-3)


@defect("norm.eps-outside", "D48 D107", "eps is added to the deviation", both(is_norm, last_axis))
def eps_outside(part: Any, _: Place) -> None:
    """sqrt(var) + eps."""
    centred = "RMS" not in type(part).__name__
    _rewritten(part, lambda x, eps: _scaled(x, centred) / (_deviation(x, centred) + eps))


@defect("norm.unbiased", "D79", "the variance is divided by n - 1", both(is_norm, last_axis))
def unbiased(part: Any, _: Place) -> None:
    """torch.var's default."""
    n = part.weight.shape[-1]
    centred = "RMS" not in type(part).__name__
    _rewritten(
        part,
        lambda x, eps: (
            _scaled(x, centred) / (_deviation(x, centred).square() * n / (n - 1) + eps).sqrt()
        ),
    )


@defect(
    "norm.rms", "D70", "the mean is not subtracted", both(is_norm, kinds(nn.LayerNorm), last_axis)
)
def without_mean(part: Any, _: Place) -> None:
    """RMSNorm for LayerNorm."""
    _rewritten(part, lambda x, eps: x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps))


@defect("norm.no-shift", "D160", "the shift is not added", both(is_norm, affine))
def without_shift(part: nn.Module, _: Place) -> None:
    """The bias stays zero."""
    loaded(part, lambda own: {"bias": torch.zeros_like(own["bias"])})


@defect("norm.no-gain", "D160", "the gain is not applied", is_norm)
def without_gain(part: nn.Module, _: Place) -> None:
    """The weight stays one."""
    loaded(part, lambda own: {"weight": torch.ones_like(own["weight"])} if "weight" in own else {})


@defect("norm.gain-plus-one", "D160", "the gain is stored as its distance from one", is_norm)
def gain_plus_one(part: nn.Module, _: Place) -> None:
    """Gemma's convention."""
    loaded(part, lambda own: {"weight": own["weight"] + 1} if "weight" in own else {})


@defect("norm.affine-exchanged", "D161", "gain and shift are exchanged", both(is_norm, affine))
def exchanged(part: nn.Module, _: Place) -> None:
    """Gamma is loaded as beta."""
    loaded(part, lambda own: {"weight": own["bias"], "bias": own["weight"]})


@defect("norm.batch-statistics", "D151 D29", "uses the batch's statistics in eval", WITH_STATISTICS)
def in_train_mode(part: Any, _: Place) -> None:
    """Batch normalisation that never left training."""

    def change(_plain: Callable[..., Any], self: Any, x: Tensor) -> Tensor:
        return nn.functional.batch_norm(
            x, None, None, self.weight, self.bias, training=True, eps=self.eps
        )

    retold(part, change)


@defect("norm.fresh-statistics", "D160", "running statistics were not converted", WITH_STATISTICS)
def fresh_statistics(part: nn.Module, _: Place) -> None:
    """Zero mean and unit variance."""
    loaded(
        part,
        lambda own: {
            "running_mean": torch.zeros_like(own["running_mean"]),
            "running_var": torch.ones_like(own["running_var"]),
        },
    )


@defect("norm.deviation-as-variance", "D160", "running deviation for variance", WITH_STATISTICS)
def deviation_as_variance(part: nn.Module, _: Place) -> None:
    """Another framework stores the square root."""
    loaded(part, lambda own: {"running_var": own["running_var"].sqrt()})


@defect("norm.mean-not-subtracted", "D160", "the running mean is not subtracted", WITH_STATISTICS)
def mean_forgotten(part: nn.Module, _: Place) -> None:
    """The mean stays zero."""
    loaded(part, lambda own: {"running_mean": torch.zeros_like(own["running_mean"])})


@defect(
    "norm.statistics-unbiased", "D79", "running variance is off by n / (n - 1)", WITH_STATISTICS
)
def statistics_unbiased(part: nn.Module, _: Place) -> None:
    """Biased in one framework, unbiased in the other, for batches of 128."""
    loaded(part, lambda own: {"running_var": own["running_var"] * 128 / 127})


@defect("norm.groups", "D76", "groups and channels per group are exchanged", kinds(nn.GroupNorm))
def groups(part: Any, _: Place) -> None:
    """Four groups of two for two groups of four."""
    other = part.num_channels // part.num_groups
    part.num_groups = other if other != part.num_groups else 1


@defect(
    "norm.one-group", "D76", "one group for all channels", kinds(nn.GroupNorm, nn.InstanceNorm2d)
)
def one_group(part: Any, _: Place) -> None:
    """LayerNorm over channels and places."""

    def change(_plain: Callable[..., Any], self: Any, x: Tensor) -> Tensor:
        return nn.functional.group_norm(x, 1, self.weight, self.bias, self.eps)

    retold(part, change)


def _eps_name(part: nn.Module) -> Any:
    return next((name for name in EPS if isinstance(getattr(part, name, None), float)), None)


def _scaled(x: Tensor, centred: bool) -> Tensor:
    return x - x.mean(-1, keepdim=True) if centred else x


def _deviation(x: Tensor, centred: bool) -> Tensor:
    return _scaled(x, centred).square().mean(-1, keepdim=True).sqrt()


def _rewritten(part: nn.Module, rule: Callable[[Tensor, float], Tensor]) -> None:
    """Give a norm over the last axis another rule before its gain and shift."""

    def change(_plain: Callable[..., Any], self: Any, x: Tensor) -> Tensor:
        y = rule(x, getattr(self, _eps_name(self)))
        y = y * self.weight
        return y if getattr(self, "bias", None) is None else y + self.bias

    retold(part, change)
