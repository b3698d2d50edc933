"""Attend wrongly: what is normalised over what, in how many bits, and which head sees which key."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, defect
from benchmarks.defects.tamper import recalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

KERNEL = "scaled_dot_product_attention"
FUSED = calling(KERNEL)
WRITTEN = both(calling("softmax"), calling("matmul", "einsum", "bmm", "baddbmm", "__matmul__"))


def attends(place: Place) -> bool:
    """Fit every attention, written out or by torch's kernel."""
    return FUSED(place) or WRITTEN(place)


def _scores(part: nn.Module, place: Place, change: Callable[[Tensor], Tensor]) -> None:
    """Change the weights after the softmax; the kernel is written out for it."""
    if FUSED(place):
        recalled(part, (KERNEL,), lambda _f, *a, **k: _written(change, *a, **k))
        return
    recalled(part, ("softmax",), lambda f, *a, **k: change(f(*a, **k)))


def _written(
    change: Callable[[Tensor], Tensor],
    q: Tensor,
    k: Tensor,
    v: Tensor,
    attn_mask: Tensor | None = None,
    _dropout: float = 0.0,
    is_causal: bool = False,  # noqa: FBT002 - torch's own signature
    scale: float | None = None,
    **_: Any,
) -> Tensor:
    scores = q @ k.transpose(-2, -1) * (q.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        ahead = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(ahead, -math.inf)
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -math.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    return change(scores.softmax(-1)) @ v


@defect("attention.bfloat16", "D99 D100", "weights of attention are rounded to bfloat16", attends)
def rounded(part: nn.Module, place: Place) -> None:
    """A softmax under autocast."""
    _scores(part, place, lambda w: w.bfloat16().to(w.dtype))


@defect("attention.leaky", "D58", "weights do not sum to one: one more in the denominator", attends)
def leaky(part: nn.Module, place: Place) -> None:
    """exp(x) / (1 + sum exp(x)), at its value for scores whose greatest is zero."""
    _scores(part, place, lambda w: w / (1 + w.amax(-1, keepdim=True)))


@defect(
    "attention.smoothed", "D58 D74", "a hundredth of each weight is spread over all keys", attends
)
def smoothed(part: nn.Module, place: Place) -> None:
    """Hidden keys get some too."""
    _scores(part, place, lambda w: 0.99 * w + 0.01 / w.shape[-1])


@defect("attention.keys-late", "D62 D75", "weights are read one key late", attends)
def keys_late(part: nn.Module, place: Place) -> None:
    """A cache that is one step behind."""
    _scores(part, place, lambda w: w.roll(1, -1))


@defect(
    "attention.renormalised", "D58", "weights are normalised over queries a second time", attends
)
def renormalised(part: nn.Module, place: Place) -> None:
    """Divided by the sum over queries."""
    _scores(part, place, lambda w: w / (w.sum(-2, keepdim=True) + 1e-6))


@defect(
    "attention.heads-reversed",
    "D57",
    "heads mix with the weights of the heads in the other order",
    attends,
)
def heads_reversed(part: nn.Module, place: Place) -> None:
    """The last head's weights for the first head's values."""
    _scores(part, place, lambda w: w.flip(-3) if w.ndim >= 3 else w)


@defect("attention.mask-transposed", "D74 D75", "the mask is that of keys for queries", WRITTEN)
def mask_transposed(part: nn.Module, place: Place) -> None:
    """Its last two axes are exchanged, where they are of one size."""

    def turned(mask: Any) -> Any:
        square = isinstance(mask, Tensor) and mask.ndim >= 2 and mask.shape[-1] == mask.shape[-2]
        return mask.transpose(-1, -2) if square else mask

    if place.calls_any("masked_fill"):
        recalled(part, ("masked_fill",), lambda f, x, m, v: f(x, turned(m), v))
        return
    recalled(part, ("add", "add_", "__add__", "__iadd__"), _on_mask(turned), None)


@defect("attention.sees-one-more", "D74 D75", "the mask is moved by one key", WRITTEN)
def mask_moved(part: nn.Module, place: Place) -> None:
    """Hides the present, shows what should be hidden last."""
    if place.calls_any("masked_fill"):
        recalled(part, ("masked_fill",), lambda f, x, m, v: f(x, m.roll(1, -1), v))
        return
    recalled(part, ("add", "add_", "__add__", "__iadd__"), _on_mask(lambda m: m.roll(1, -1)), None)


def _on_mask(change: Callable[[Any], Any]) -> Callable[..., Any]:
    """Change what is added to scores when it is very negative somewhere."""

    def added(func: Any, scores: Any, mask: Any, **kwargs: Any) -> Any:
        if isinstance(mask, Tensor) and mask.is_floating_point() and bool((mask < -10).any()):
            mask = change(mask)
        return func(scores, mask, **kwargs)

    return added


@defect("attention.present-hidden", "D75", "a token does not see itself", FUSED)
def present_hidden(part: nn.Module, _: Place) -> None:
    """The diagonal is hidden but for the first."""

    def kernel(func: Any, q: Tensor, k: Tensor, v: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if not kwargs.pop("is_causal", False):
            return func(q, k, v, *args, **kwargs)
        seen = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril(-1)
        seen[0, 0] = True
        return func(q, k, v, seen, **kwargs)

    recalled(part, (KERNEL,), kernel)


@defect(
    "attention.heads-tiled",
    "D57",
    "shared keys are tiled over heads for repeated: 0 1 0 1 for 0 0 1 1",
    both(attends, calling("expand")),
)
def heads_tiled(part: nn.Module, _: Place) -> None:
    """Of keys alone."""

    def change(func: Any, x: Tensor, *sizes: Any) -> Tensor:
        y = func(x, *sizes)
        return y.transpose(1, 2) if y.ndim == 5 and y.shape[1] == y.shape[2] else y

    recalled(part, ("expand",), change)


@defect(
    "attention.bias-doubled",
    "D62",
    "the bias of positions is added twice",
    both(WRITTEN, calling("add", "add_", "__add__", "__iadd__")),
)
def bias_doubled(part: nn.Module, _: Place) -> None:
    """In theirs it is added once."""

    def added(func: Any, scores: Any, bias: Any, **kwargs: Any) -> Any:
        both_given = isinstance(scores, Tensor) and isinstance(bias, Tensor)
        if both_given and scores.ndim == bias.ndim >= 3 and not bool((bias < -10).any()):
            bias = bias * 2
        return func(scores, bias, **kwargs)

    recalled(part, ("add", "add_", "__add__", "__iadd__"), added)
