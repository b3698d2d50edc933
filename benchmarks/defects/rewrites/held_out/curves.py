"""Bend, attend and run in other words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, kinds, nothas, parents
from benchmarks.defects.rewrites.rewrite import Rewrite, rewrite
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

KERNEL = "scaled_dot_product_attention"


def _curve(id: str, does: str, names: tuple[str, ...], rule: Callable[..., Tensor]) -> Rewrite:
    def change(part: nn.Module, _: Place) -> None:
        recalled(part, names, rule, None)

    return rewrite(id, does, calling(*names))(change)


def _gelu(func: Any, x: Tensor, *_: Any, approximate: str = "none") -> Tensor:
    if approximate != "none":
        return func(x, approximate=approximate)
    return 0.5 * x * torch.erfc(-x * math.sqrt(0.5))


def _softmax(_func: Any, x: Tensor, *args: Any, dim: int = -1, **_: Any) -> Tensor:
    dim = args[0] if args else dim
    return torch.exp(torch.log_softmax(x, dim))


def _softmax_base_two(_func: Any, x: Tensor, *args: Any, dim: int = -1, **_: Any) -> Tensor:
    dim = args[0] if args else dim
    raised = torch.exp2((x - x.amax(dim, keepdim=True)) * math.log2(math.e))
    return raised * (1 / raised.sum(dim, keepdim=True))


def _tanh(_func: Any, x: Tensor) -> Tensor:
    small = torch.expm1(-2 * x.abs())
    return -x.sign() * small / (small + 2)


GELU = _curve("gelu.complement", "the complementary error function", ("gelu",), _gelu)
SILU = _curve(
    "silu.divided", "x / (1 + exp(-x))", ("silu",), lambda _f, x, **_: x / (1 + torch.exp(-x))
)
RELU = _curve(
    "relu.average",
    "the average of x and |x|",
    ("relu", "relu_"),
    lambda _f, x, **_: (x + x.abs()) / 2,
)
SOFTMAX = _curve("softmax.by-logarithm", "exp of log_softmax", ("softmax",), _softmax)
SOFTMAX_TWO = _curve("softmax.base-two", "powers of two", ("softmax",), _softmax_base_two)
TANH = _curve("tanh.by-expm1", "expm1 of twice the distance from zero", ("tanh",), _tanh)
SIGMOID = _curve(
    "sigmoid.by-logarithm",
    "exp of logsigmoid",
    ("sigmoid",),
    lambda _f, x: torch.exp(nn.functional.logsigmoid(x)),
)


@rewrite("attention.scaled-first", "queries are scaled before the kernel", calling(KERNEL))
def scaled_first(part: nn.Module, _: Place) -> None:
    """scale=1 in the kernel."""

    def change(f: Any, q: Tensor, k: Tensor, v: Tensor, *a: Any, **kw: Any) -> Tensor:
        scale = kw.pop("scale", None)
        scale = q.shape[-1] ** -0.5 if scale is None else scale
        return f(q * scale, k, v, *a, scale=1.0, **kw)

    recalled(part, (KERNEL,), change)


@rewrite("attention.two-blocks", "keys in two blocks with a running maximum", calling(KERNEL))
def two_blocks(part: nn.Module, _: Place) -> None:
    """As the kernels for long sequences do it; where there is no mask."""

    def change(f: Any, q: Tensor, k: Tensor, v: Tensor, *a: Any, **kw: Any) -> Tensor:
        masked = kw.get("is_causal") or kw.get("attn_mask") is not None or a
        if masked or k.shape[-2] < 2 or kw.get("enable_gqa"):
            return f(q, k, v, *a, **kw)
        scale = q.shape[-1] ** -0.5 if kw.get("scale") is None else kw["scale"]
        cut = k.shape[-2] // 2
        blocks = [
            (q @ one.transpose(-1, -2) * scale, two)
            for one, two in zip(k.split(cut, -2), v.split(cut, -2), strict=True)
        ]
        peak = blocks[0][0].amax(-1, keepdim=True)
        total = q.new_zeros(*q.shape[:-1], 1)
        mixed = q.new_zeros(*q.shape[:-1], v.shape[-1])
        for scores, values in blocks:
            higher = torch.maximum(peak, scores.amax(-1, keepdim=True))
            fade, weights = torch.exp(peak - higher), torch.exp(scores - higher)
            total = total * fade + weights.sum(-1, keepdim=True)
            mixed = mixed * fade + weights @ values
            peak = higher
        return mixed / total

    recalled(part, (KERNEL,), change)


@rewrite("sum.stacked", "stacked and summed", both(parents, calling("add"), nothas("softmax")))
def stacked(part: nn.Module, _: Place) -> None:
    """torch.stack((a, b)).sum(0)."""

    def change(func: Any, a: Any, b: Any, **kwargs: Any) -> Any:
        alike = isinstance(a, Tensor) and isinstance(b, Tensor) and a.shape == b.shape
        if not alike or not a.is_floating_point() or a.dtype != b.dtype or kwargs:
            return func(a, b, **kwargs)
        return torch.stack((a, b)).sum(0)

    recalled(part, ("add", "__add__"), change, None)


@rewrite("cat.padded", "zeros around each, and a sum", both(parents, calling("cat")))
def padded(part: nn.Module, _: Place) -> None:
    """Each tensor in a place of its own."""

    def change(func: Any, tensors: Any, *args: Any, **kwargs: Any) -> Tensor:
        dim = args[0] if args else kwargs.get("dim", 0)
        whole = func(tensors, dim)
        if not whole.is_floating_point():
            return whole
        total, start = torch.zeros_like(whole), 0
        for value in tensors:
            one = torch.zeros_like(whole)
            one.narrow(dim, start, value.shape[dim]).copy_(value)
            total, start = total + one, start + value.shape[dim]
        return total

    recalled(part, ("cat",), change, None)


def whole(place: Place) -> bool:
    """Fit the model itself."""
    return place.path == ""


@rewrite("run.sample-by-sample", "each sample alone, put together", whole)
def sample_by_sample(part: nn.Module, _: Place) -> None:
    """Where the result is one tensor; parts are then called once for each sample."""

    def change(plain: Any, _self: Any, *args: Any) -> Any:
        rows = zip(*(value.split(1) for value in args), strict=True)
        return torch.cat([plain(*row) for row in rows])

    retold(part, change)


@rewrite("run.without-onednn", "torch's own kernels for oneDNN's", whole)
def without_onednn(part: nn.Module, _: Place) -> None:
    """Another implementation of convolution and product."""

    def change(plain: Any, _self: Any, *args: Any, **kwargs: Any) -> Any:
        with torch.backends.mkldnn.flags(enabled=False):
            return plain(*args, **kwargs)

    retold(part, change)


@rewrite("run.inference-mode", "under inference_mode", whole)
def inference_mode(part: nn.Module, _: Place) -> None:
    """The result is copied out of it."""

    def change(plain: Any, _self: Any, *args: Any, **kwargs: Any) -> Any:
        with torch.inference_mode():
            found = plain(*args, **kwargs)
        return found.clone() if isinstance(found, Tensor) else found

    retold(part, change)


@rewrite("lstm.written-out", "the cell step by step for torch's layer", kinds(nn.LSTM))
def lstm(part: nn.Module, _: Place) -> None:
    """One direction and one layer; states in the form of torch."""

    def change(plain: Any, self: Any, x: Tensor, given: Any = None) -> Any:
        if self.bidirectional or self.num_layers > 1 or not self.batch_first:
            return plain(x) if given is None else plain(x, given)
        hidden = x.new_zeros(len(x), self.hidden_size) if given is None else given[0][0]
        cell = torch.zeros_like(hidden) if given is None else given[1][0]
        found = []
        for step in x.unbind(1):
            both_sides = step @ self.weight_ih_l0.t() + hidden @ self.weight_hh_l0.t()
            gates = both_sides + self.bias_ih_l0 + self.bias_hh_l0
            enter, forget, new, leave = gates.chunk(4, -1)
            cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(new)
            hidden = torch.sigmoid(leave) * torch.tanh(cell)
            found.append(hidden)
        return torch.stack(found, 1), (hidden[None], cell[None])

    retold(part, change)
