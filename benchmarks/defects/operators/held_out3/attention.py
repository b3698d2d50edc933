"""Attend wrongly: masks of other samples or at other moments, biases and heads laid otherwise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, defect
from benchmarks.defects.tamper import loaded, recalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

KERNEL = "scaled_dot_product_attention"
FUSED = calling(KERNEL)
WRITTEN = both(calling("softmax"), calling("matmul", "einsum", "bmm", "baddbmm", "__matmul__"))
ADDS = ("add", "add_", "__add__", "__iadd__")


def biased(place: Place) -> bool:
    """Fit attention that may add a bias to its scores; a turn of queries adds too."""
    return FUSED(place) or (
        WRITTEN(place) and place.calls_any(*ADDS) and not place.calls_any("neg")
    )


def attends(place: Place) -> bool:
    """Fit every attention, written out or by torch's kernel."""
    return FUSED(place) or WRITTEN(place)


def _is_mask(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point() and bool((value < -1e3).any())


def _on_mask(part: nn.Module, place: Place, change: Callable[[Tensor], Tensor]) -> None:
    """Change the mask however it is applied."""
    if FUSED(place):

        def kernel(func: Any, q: Tensor, k: Tensor, v: Tensor, *a: Any, **kw: Any) -> Tensor:
            if isinstance(kw.get("attn_mask"), Tensor):
                kw["attn_mask"] = change(kw["attn_mask"])
            return func(q, k, v, *a, **kw)

        recalled(part, (KERNEL,), kernel)
    elif place.calls_any("masked_fill"):
        recalled(part, ("masked_fill",), lambda f, x, m, v: f(x, change(m), v), None)
    else:

        def added(func: Any, scores: Any, mask: Any, **kw: Any) -> Any:
            return func(scores, change(mask) if _is_mask(mask) else mask, **kw)

        recalled(part, ADDS, added, None)


@defect(
    "attention.mask-other-sample",
    "D72 D74",
    "masks are tiled over heads where samples are",
    attends,
)
def other_sample(part: nn.Module, place: Place) -> None:
    """Repeat for repeat_interleave: another sample's mask."""
    _on_mask(part, place, lambda m: m.flip(0) if m.ndim >= 2 else m)


@defect(
    "attention.mask-after-softmax", "D74", "what is hidden is set to zero after the softmax",
    both(WRITTEN, calling("masked_fill", *ADDS)),
)  # fmt: skip
def after_softmax(part: nn.Module, _: Place) -> None:
    """Rows do not sum to one any more."""
    kept: list[Tensor] = []

    def filled(func: Any, x: Tensor, mask: Tensor, value: Any) -> Tensor:
        if x.ndim < 2 or not x.is_floating_point():
            return func(x, mask, value)
        kept[:] = [mask]
        return x * 1.0

    def added(func: Any, scores: Any, mask: Any, **kw: Any) -> Any:
        if not _is_mask(mask) or not isinstance(scores, Tensor):
            return func(scores, mask, **kw)
        kept[:] = [mask < -1e3]
        return scores * 1.0

    def softmax(func: Any, x: Tensor, *args: Any, **kw: Any) -> Tensor:
        y = func(x, *args, **kw)
        return torch.where(kept.pop(), 0.0, y).to(y.dtype) if kept else y

    recalled(part, ("masked_fill",), filled, None)
    recalled(part, ADDS, added, None)
    recalled(part, ("softmax",), softmax, None)


def _future(scores: Tensor) -> Tensor:
    return torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)


@defect(
    "attention.causal-added",
    "D74 D75",
    "the mask of time is applied where theirs has none",
    attends,
)
def causal_added(part: nn.Module, place: Place) -> None:
    """In an encoder, or across to another sequence."""
    if FUSED(place):

        def kernel(func: Any, q: Tensor, k: Tensor, v: Tensor, *a: Any, **kw: Any) -> Tensor:
            if a or kw.get("attn_mask") is not None or kw.get("is_causal"):
                return func(q, k, v, *a, **kw)
            seen = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
            return func(q, k, v, **{**kw, "attn_mask": seen})

        recalled(part, (KERNEL,), kernel)
        return
    recalled(
        part,
        ("softmax",),
        lambda f, x, *a, **kw: f(x.masked_fill(_future(x), -math.inf), *a, **kw),
    )


@defect(
    "attention.softmax-implicit", "D58", "the axis is not named: torch takes the second or first",
    WRITTEN,
)  # fmt: skip
def implicit(part: nn.Module, _: Place) -> None:
    """Axis 0 of three, 1 of four."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        kwargs.pop("dim", None)
        return func(x, *args[1:], dim=0 if x.ndim == 3 else 1, **kwargs)

    recalled(part, ("softmax",), change)


def _on_bias(part: nn.Module, place: Place, change: Callable[[Tensor], Tensor]) -> None:
    """Change what is added to scores when it is no mask."""
    if FUSED(place):

        def kernel(func: Any, q: Tensor, k: Tensor, v: Tensor, *a: Any, **kw: Any) -> Tensor:
            bias = kw.get("attn_mask")
            if isinstance(bias, Tensor) and bias.is_floating_point() and not _is_mask(bias):
                kw["attn_mask"] = change(bias)
            return func(q, k, v, *a, **kw)

        recalled(part, (KERNEL,), kernel)
        return

    def added(func: Any, scores: Any, bias: Any, **kw: Any) -> Any:
        alike = isinstance(scores, Tensor) and isinstance(bias, Tensor)
        if alike and scores.ndim == 4 and bias.ndim in {3, 4} and not _is_mask(bias):
            bias = change(bias)
        return func(scores, bias, **kw)

    recalled(part, ADDS, added, None)


@defect("attention.bias-turned", "D62", "the bias of positions is that of key to query", biased)
def bias_turned(part: nn.Module, place: Place) -> None:
    """Ij for ji."""
    _on_bias(part, place, lambda b: b.transpose(-1, -2) if b.shape[-1] == b.shape[-2] else b)


@defect("attention.bias-other-head", "D161", "the bias of positions is another head's", biased)
def bias_other_head(part: nn.Module, place: Place) -> None:
    """Heads run backwards in the table."""
    _on_bias(part, place, lambda b: b.flip(-3))


@defect("attention.bias-scaled", "D56", "the bias of positions is scaled with the scores", biased)
def bias_scaled(part: nn.Module, place: Place) -> None:
    """(scores + bias) / sqrt(8)."""
    _on_bias(part, place, lambda b: b * 8**-0.5)


@defect(
    "attention.width-before-heads", "D72", "channels are cut as (width, head) for (head, width)",
    FUSED,
)  # fmt: skip
def width_first(part: nn.Module, _: Place) -> None:
    """Queries, keys and values alike."""

    def cut(x: Tensor) -> Tensor:
        flat = x.transpose(1, 2)
        return flat.reshape(*flat.shape[:2], x.shape[3], x.shape[1]).permute(0, 3, 1, 2)

    def kernel(func: Any, q: Tensor, k: Tensor, v: Tensor, *a: Any, **kw: Any) -> Tensor:
        if q.ndim != 4 or q.shape[1] < 2:
            return func(q, k, v, *a, **kw)
        return func(cut(q), cut(k), cut(v), *a, **kw)

    recalled(part, (KERNEL,), kernel)


def threefold(place: Place) -> bool:
    """Fit one projection for queries, keys and values."""
    part = place.module
    names = ("qkv", "query_key_value", "in_proj", "c_attn")
    linear = isinstance(part, nn.Linear) and place.called > 0
    return linear and place.path.endswith(names) and part.out_features == 3 * part.in_features


@defect(
    "qkv.value-bias-lost", "D66", "the last third of the bias is zero: values have none",
    both(threefold, lambda p: p.module.bias is not None),
)  # fmt: skip
def value_bias(part: nn.Module, _: Place) -> None:
    """The bias of the values was not converted."""

    def change(own: dict[str, Tensor]) -> dict[str, Tensor]:
        q, k, v = own["bias"].chunk(3)
        return {"bias": torch.cat((q, k, torch.zeros_like(v)))}

    loaded(part, change)


@defect("qkv.values-before-keys", "D57", "values lie before keys in one projection", threefold)
def values_first(part: nn.Module, _: Place) -> None:
    """q, v, k for q, k, v."""

    def change(own: dict[str, Tensor]) -> dict[str, Tensor]:
        parts = {name: value.chunk(3) for name, value in own.items()}
        return {name: torch.cat((q, v, k)) for name, (q, k, v) in parts.items()}

    loaded(part, change)


@defect(
    "alibi.slopes", "D62", "slopes fall by half the exponent: 2^(-4 / n) for 2^(-8 / n)",
    both(calling("pow", "__pow__"), lambda p: "Bloom" in type(p.module).__name__),
)  # fmt: skip
def slopes(part: nn.Module, _: Place) -> None:
    """The slopes of twice as many heads."""
    recalled(part, ("pow", "__pow__"), lambda f, base, power, **k: f(base, power * 0.5, **k))
