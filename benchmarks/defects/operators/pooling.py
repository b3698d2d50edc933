"""Shrink and grow maps wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import both, calling, defect, kinds
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

RESIZES = calling("interpolate")
MAX = calling("max_pool2d", "_max_pool2d", "max_pool2d_with_indices")
GLOBAL = calling("mean", "adaptive_avg_pool2d")


@defect("pool.max-average", "D69", "average for maximum", kinds(nn.MaxPool2d))
def average_for_max(part: Any, _: Place) -> nn.Module:
    """Another layer of the same size."""
    return nn.AvgPool2d(part.kernel_size, part.stride, part.padding)


@defect("pool.max-average-functional", "D69", "average for maximum", MAX, cause="pool.max-average")
def functional_average_for_max(part: nn.Module, _: Place) -> None:
    """A call for a call."""
    if isinstance(part, nn.MaxPool2d):
        size, stride, padding = part.kernel_size, part.stride, part.padding
        retold(part, lambda _plain, _self, x: functional.avg_pool2d(x, size, stride, padding))
        return
    recalled(
        part,
        ("max_pool2d", "_max_pool2d"),
        lambda _f, x, size, *_a, **_k: functional.avg_pool2d(x, size),
    )


@defect("pool.average-max", "D69", "maximum for average", kinds(nn.AvgPool2d))
def max_for_average(part: Any, _: Place) -> nn.Module:
    """Another layer of the same size."""
    return nn.MaxPool2d(part.kernel_size, part.stride, part.padding)


@defect("pool.count-include-pad", "D53", "padding counts in the mean, or not", kinds(nn.AvgPool2d))
def count_include_pad(part: Any, _: Place) -> None:
    """An attribute of the layer."""
    part.count_include_pad = not part.count_include_pad


@defect("pool.ceil-mode", "D54", "sizes are rounded up", kinds(nn.MaxPool2d, nn.AvgPool2d))
def ceil_mode(part: Any, _: Place) -> None:
    """An attribute of the layer."""
    part.ceil_mode = not part.ceil_mode


@defect("pool.global-max", "D63", "the maximum over places for their mean", GLOBAL)
def global_max(part: nn.Module, _: Place) -> None:
    """Amax has the arguments of mean."""

    def change(func: Callable[..., Tensor], x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if func.__name__ == "mean":
            return torch.amax(x, *args, **kwargs)
        return functional.adaptive_max_pool2d(x, *args, **kwargs)

    recalled(part, ("mean", "adaptive_avg_pool2d"), change)


@defect("pool.global-sum", "D63", "the sum over places for their mean", calling("mean"))
def global_sum(part: nn.Module, _: Place) -> None:
    """A forgotten division."""
    recalled(part, ("mean",), lambda _f, x, *a, **k: torch.sum(x, *a, **k))


@defect(
    "resize.align-corners",
    "D55",
    "corners are aligned",
    both(RESIZES, lambda place: "nearest" not in str(getattr(place.module, "mode", ""))),
)
def align_corners(part: nn.Module, _: Place) -> None:
    """align_corners=True."""

    def change(func: Callable[..., Tensor], x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if "nearest" in kwargs.get("mode", "nearest"):
            return func(x, *args, **kwargs)
        return func(x, *args, **{**kwargs, "align_corners": not kwargs.get("align_corners")})

    recalled(part, ("interpolate",), change, None)


@defect("resize.mode", "D20 D55", "nearest for bilinear, or the other way", RESIZES)
def other_mode(part: nn.Module, _: Place) -> None:
    """The other of the two."""

    def change(func: Callable[..., Tensor], x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        mode = "bilinear" if kwargs.pop("mode", "nearest") == "nearest" else "nearest"
        kwargs.pop("align_corners", None)
        return func(x, *args, mode=mode, **kwargs)

    recalled(part, ("interpolate",), change, None)


@defect("resize.bicubic", "D20", "bicubic for bilinear", RESIZES)
def bicubic(part: nn.Module, _: Place) -> None:
    """A smoother curve."""

    def change(func: Callable[..., Tensor], x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        kwargs.pop("mode", None)
        return func(x, *args, mode="bicubic", **kwargs)

    recalled(part, ("interpolate",), change, None)
