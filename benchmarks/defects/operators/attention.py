"""Attend wrongly: scale, softmax, mask, heads, order of queries, keys and values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import both, calling, defect
from benchmarks.defects.tamper import recalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

KERNEL = "scaled_dot_product_attention"
FUSED = calling(KERNEL)
WRITTEN = both(calling("softmax"), calling("matmul", "einsum", "bmm", "baddbmm"))
SCALED = both(WRITTEN, calling("mul", "div", "truediv"))
PARTS = ("unbind", "chunk", "split")
OPERATORS = ("mul", "div", "__mul__", "__truediv__", "truediv")


def attends(place: Place) -> bool:
    """Fit every attention, written out or by torch's kernel."""
    return FUSED(place) or WRITTEN(place)


def _rescaled(part: nn.Module, place: Place, factor: Callable[[int], float]) -> None:
    """Multiply the scores by a factor that depends on the width of a head."""
    if FUSED(place):

        def kernel(func: Any, q: Tensor, k: Tensor, v: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            return func(q * factor(q.shape[-1]), k, v, *args, **kwargs)

        recalled(part, (KERNEL,), kernel)
        return

    def scaled(func: Any, x: Any, by: Any) -> Any:
        if isinstance(by, float):
            width = round(by**-2 if by < 1 else by**2)
            return func(x, by) * factor(width)
        return func(x, by)

    recalled(part, OPERATORS, scaled, None)


@defect("attention.scale-missing", "D56", "scores are not scaled", attends)
def scale_missing(part: nn.Module, place: Place) -> None:
    """Multiply by the root of the head's width."""
    _rescaled(part, place, math.sqrt)


@defect("attention.scale-twice", "D56", "scores are scaled twice", attends)
def scale_twice(part: nn.Module, place: Place) -> None:
    """In the projection and in the product."""
    _rescaled(part, place, lambda width: width**-0.5)


@defect("attention.scale-of-model", "D56", "scaled by the model's width for the head's", attends)
def scale_of_model(part: nn.Module, place: Place) -> None:
    """Smaller by the root of the number of heads."""
    model = place.given[0][-1]
    _rescaled(part, place, lambda width: math.sqrt(width / model))


@defect("attention.softmax-axis", "D58", "normalised over queries for keys", WRITTEN)
def softmax_axis(part: nn.Module, _: Place) -> None:
    """dim=-2."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        kwargs.pop("dim", None)
        return func(x, *args[1:], dim=-2, **kwargs)

    recalled(part, ("softmax",), change)


@defect("attention.causal-dropped", "D75", "sees the future", FUSED)
def causal_dropped(part: nn.Module, _: Place) -> None:
    """No mask of time."""

    def kernel(func: Any, *args: Any, **kwargs: Any) -> Tensor:
        return func(*args, **{**kwargs, "is_causal": False})

    recalled(part, (KERNEL,), kernel)


@defect("attention.causal-off-by-one", "D75", "sees one step of the future", FUSED)
def causal_off_by_one(part: nn.Module, _: Place) -> None:
    """The diagonal is moved by one."""

    def kernel(func: Any, q: Tensor, k: Tensor, v: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if not kwargs.pop("is_causal", False):
            return func(q, k, v, *args, **kwargs)
        seen = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril(1)
        return func(q, k, v, seen, **kwargs)

    recalled(part, (KERNEL,), kernel)


@defect("attention.mask-weak", "D74", "masked places get -2 for minus infinity", WRITTEN)
def mask_weak(part: nn.Module, place: Place) -> None:
    """Too small a number, whether it is filled in or added."""
    if place.calls_any("masked_fill"):
        recalled(part, ("masked_fill",), lambda f, x, m, _v: f(x, m, -2.0))
        return
    _masked(part, lambda mask: mask.clamp(min=-2.0))


@defect("attention.mask-ignored", "D74", "the mask is not applied", WRITTEN)
def mask_ignored(part: nn.Module, place: Place) -> None:
    """Padding, time and other windows are seen."""
    if place.calls_any("masked_fill"):
        recalled(part, ("masked_fill",), lambda _f, x, _m, _v: x * 1.0)
        return
    _masked(part, lambda mask: mask * 0.0 if mask.isfinite().all() else torch.zeros_like(mask))


@defect("attention.mask-inverted", "D74", "the mask has the other polarity", WRITTEN)
def mask_inverted(part: nn.Module, place: Place) -> None:
    """True keeps for true hides."""
    if place.calls_any("masked_fill"):
        recalled(part, ("masked_fill",), lambda f, x, m, _v: f(x, ~m, -1e4))
        return
    _masked(part, lambda mask: torch.where(mask < -1, 0.0, -1e4).to(mask.dtype))


def _masked(part: nn.Module, change: Callable[[Tensor], Tensor]) -> None:
    """Change what is added to the scores when it is a mask: very negative somewhere."""

    def added(func: Any, scores: Any, mask: Any, **kwargs: Any) -> Any:
        if isinstance(mask, Tensor) and mask.is_floating_point() and bool((mask < -10).any()):
            mask = change(mask)
        return func(scores, mask, **kwargs)

    recalled(part, ("add", "add_", "__add__", "__iadd__"), added, None)


@defect("attention.queries-as-keys", "D57", "queries and keys are exchanged", attends)
def queries_as_keys(part: nn.Module, place: Place) -> None:
    """The scores are transposed."""
    if FUSED(place):
        recalled(part, (KERNEL,), lambda f, q, k, v, *a, **kw: f(k, q, v, *a, **kw))
        return
    recalled(part, ("softmax",), lambda f, x, *a, **kw: f(x.transpose(-1, -2), *a, **kw))


@defect("attention.keys-as-values", "D57", "keys and values are exchanged", FUSED)
def keys_as_values(part: nn.Module, _: Place) -> None:
    """Attends to values, mixes keys."""
    recalled(part, (KERNEL,), lambda f, q, k, v, *a, **kw: f(q, v, k, *a, **kw))


@defect(
    "attention.parts-rolled",
    "D57",
    "the parts of one projection are taken in another order",
    calling(*PARTS),
    cause="parts.order",
)
def parts_rolled(part: nn.Module, _: Place) -> None:
    """k, v, q for q, k, v; up and gate; gates of a cell."""
    recalled(part, PARTS, lambda f, *a, **k: _rolled(f(*a, **k)))


def _rolled(parts: Any) -> Any:
    parts = tuple(parts)
    return parts[1:] + parts[:1] if len({part.shape for part in parts}) == 1 else parts


@defect(
    "attention.heads-by-view",
    "D72",
    "heads are split by a view for a transpose, so places are mixed",
    both(attends, calling("transpose", "permute")),
    cause="heads.reshape",
)
def heads_by_view(part: nn.Module, _: Place) -> None:
    """The right shape, the wrong order."""

    def change(func: Any, x: Tensor, *axes: Any) -> Tensor:
        y = func(x, *axes)
        return x.reshape(y.shape) if x.ndim >= 4 else y

    recalled(part, ("transpose", "permute"), change)


@defect(
    "attention.heads-merged-by-view",
    "D72",
    "heads are put together without the transpose back",
    both(attends, calling("transpose", "permute")),
    cause="heads.reshape",
)
def heads_merged(part: nn.Module, place: Place) -> None:
    """The last transpose is forgotten."""
    last = sum(name in ("transpose", "permute") for name in place.calls) - 1

    def change(func: Any, x: Tensor, *axes: Any) -> Tensor:
        return x.reshape(func(x, *axes).shape)

    recalled(part, ("transpose", "permute"), change, last)


@defect("attention.windows-unshifted", "D51 D82", "windows are not shifted", calling("roll"))
def unshifted(part: nn.Module, _: Place) -> None:
    """The roll before is forgotten, the roll back is not."""
    recalled(part, ("roll",), lambda _f, x, *_a, **_k: x * 1.0)


@defect(
    "attention.windows-other-way", "D51 D82", "windows are shifted the other way", calling("roll")
)
def other_way(part: nn.Module, _: Place) -> None:
    """Both rolls have the other sign."""

    def change(func: Any, x: Tensor, shifts: Any, dims: Any) -> Tensor:
        return func(x, tuple(-s for s in shifts), dims)

    recalled(part, ("roll",), change, None)


@defect(
    "attention.dropout", "D65 D134", "drops weights in eval too", both(attends, calling("softmax"))
)
def dropout(part: nn.Module, _: Place) -> None:
    """F.dropout without training=self.training."""

    def change(func: Any, *args: Any, **kwargs: Any) -> Tensor:
        return functional.dropout(func(*args, **kwargs), 0.1)

    recalled(part, ("softmax",), change)
