"""Attend in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import calling
from benchmarks.defects.rewrites.rewrite import Rewrite, rewrite
from benchmarks.defects.tamper import recalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

KERNEL = "scaled_dot_product_attention"
FUSED = calling(KERNEL)


def _kernel(id: str, does: str, rule: Callable[..., Tensor]) -> Rewrite:
    """Rewrite torch's kernel where heads are not shared."""

    def change(part: nn.Module, _: Place) -> None:
        def called(func: Any, q: Tensor, k: Tensor, v: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            plain = not args and not kwargs.get("enable_gqa") and q.shape[:-2] == k.shape[:-2]
            if not plain or q.ndim != 4:
                return func(q, k, v, *args, **kwargs)
            scale = kwargs.get("scale")
            scale = q.shape[-1] ** -0.5 if scale is None else scale
            return rule(q, k, v, scale, _bias(q, k, **kwargs))

        recalled(part, (KERNEL,), called)

    return rewrite(id, does, FUSED)(change)


def _bias(
    q: Tensor, k: Tensor, *, attn_mask: Tensor | None = None, is_causal: bool = False, **_: Any
) -> Tensor:
    """Give what is added to the scores."""
    shape = (*q.shape[:-1], k.shape[-2])
    bias = q.new_zeros(shape)
    if is_causal:
        bias = bias.masked_fill(torch.ones(shape[-2:], dtype=torch.bool).triu(1), -torch.inf)
    if attn_mask is None:
        return bias
    if attn_mask.dtype == torch.bool:
        return bias.masked_fill(~attn_mask, -torch.inf)
    return bias + attn_mask


def _einsum(q: Tensor, k: Tensor, v: Tensor, scale: float, bias: Tensor) -> Tensor:
    scores = torch.einsum("bhqd,bhkd->bhqk", q, k) * scale + bias
    return torch.einsum("bhqk,bhkd->bhqd", scores.softmax(-1), v)


def _merged(q: Tensor, k: Tensor, v: Tensor, scale: float, bias: Tensor) -> Tensor:
    """Merge heads into the batch."""
    flat = [x.flatten(0, 1) for x in (q, k, v, bias)]
    scores = torch.baddbmm(flat[3], flat[0], flat[1].mT, alpha=scale)
    return torch.bmm(scores.softmax(-1), flat[2]).view(q.shape[0], q.shape[1], q.shape[2], -1)


def _columns(q: Tensor, k: Tensor, v: Tensor, scale: float, bias: Tensor) -> Tensor:
    """Queries are columns: the softmax goes down."""
    scores = (k * scale) @ q.mT + bias.mT
    return (v.mT @ torch.softmax(scores, dim=-2)).mT


def _late_division(q: Tensor, k: Tensor, v: Tensor, scale: float, bias: Tensor) -> Tensor:
    """Divide what was mixed by the sum, not the weights."""
    scores = q @ k.mT * scale + bias
    raised = torch.exp(scores - scores.amax(-1, keepdim=True))
    return raised @ v / raised.sum(-1, keepdim=True)


def _ones_column(q: Tensor, k: Tensor, v: Tensor, scale: float, bias: Tensor) -> Tensor:
    """The bias rides on one more channel of the queries, for each key."""
    size = k.shape[-2]
    eye = torch.eye(size, dtype=k.dtype).expand(*k.shape[:-1], size)
    big = bias.clamp(min=-1e4)
    scores = torch.cat((q * scale, big), -1) @ torch.cat((k, eye), -1).mT
    return scores.softmax(-1) @ v


EINSUM = _kernel("attention.einsum", "two einsums", _einsum)
MERGED = _kernel("attention.heads-in-batch", "heads merged into the batch, baddbmm", _merged)
COLUMNS = _kernel("attention.columns", "queries as columns, a softmax down", _columns)
LATE = _kernel("attention.divided-late", "what was mixed is divided by the sum", _late_division)
RIDING = _kernel("attention.bias-in-product", "the bias as channels of the product", _ones_column)


@rewrite("softmax.two-parts", "two halves with a common maximum and sum", calling("softmax"))
def two_parts(part: nn.Module, _: Place) -> None:
    """As it is done over devices."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        dim = args[0] if args else kwargs.get("dim", -1)
        if x.shape[dim] < 2:
            return func(x, *args, **kwargs)
        halves = x.chunk(2, dim)
        peak = torch.maximum(*(half.amax(dim, keepdim=True) for half in halves))
        raised = [torch.exp(half - peak) for half in halves]
        total = raised[0].sum(dim, keepdim=True) + raised[1].sum(dim, keepdim=True)
        return torch.cat([half / total for half in raised], dim)

    recalled(part, ("softmax",), change, None)
