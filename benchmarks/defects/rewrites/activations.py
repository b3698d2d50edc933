"""Bend in other words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import calling
from benchmarks.defects.rewrites.rewrite import Rewrite, rewrite
from benchmarks.defects.tamper import recalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place


def _curve(id: str, does: str, names: tuple[str, ...], rule: Callable[..., Tensor]) -> Rewrite:
    def change(part: nn.Module, _: Place) -> None:
        recalled(part, names, lambda _func, x, *args, **kwargs: rule(x, *args, **kwargs), None)

    return rewrite(id, does, calling(*names))(change)


def _gelu(x: Tensor, *, approximate: str = "none") -> Tensor:
    if approximate == "tanh":
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return 0.5 * x * (1 + torch.tanh(inner))
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def _gelu_ndtr(x: Tensor, *, approximate: str = "none") -> Tensor:
    if approximate == "tanh":
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
        return x * torch.sigmoid(2 * inner)
    return x * torch.special.ndtr(x)


def _softmax(x: Tensor, *args: Any, dim: int = -1, **_: Any) -> Tensor:
    dim = args[0] if args else dim
    raised = torch.exp(x - x.amax(dim, keepdim=True))
    return raised / raised.sum(dim, keepdim=True)


def _leaky(x: Tensor, negative_slope: float = 0.01, *_: Any, **__: Any) -> Tensor:
    return torch.where(x > 0, x, x * negative_slope)


GELU = _curve("gelu.manual", "the error function, or the tanh, written out", ("gelu",), _gelu)
GELU_NDTR = _curve("gelu.distribution", "the normal distribution's function", ("gelu",), _gelu_ndtr)
SILU = _curve("silu.manual", "x times its sigmoid", ("silu",), lambda x, **_: x * torch.sigmoid(x))
RELU = _curve("relu.clamp", "clamped from below", ("relu", "relu_"), lambda x, **_: x.clamp(min=0))
RELU_MASK = _curve(
    "relu.mask", "multiplied by its sign's mask", ("relu", "relu_"), lambda x, **_: x * (x > 0)
)
LEAKY = _curve("leaky-relu.where", "chosen by where", ("leaky_relu",), _leaky)
HARD = _curve(
    "hardswish.manual",
    "x relu6(x + 3) / 6",
    ("hardswish",),
    lambda x, *_a, **_k: x * torch.clamp(x + 3, 0, 6) / 6,
)
SOFTMAX = _curve(
    "softmax.manual", "exponentials of the distance to the largest", ("softmax",), _softmax
)
SIGMOID = _curve(
    "sigmoid.by-tanh", "half a tanh", ("sigmoid",), lambda x: 0.5 * torch.tanh(0.5 * x) + 0.5
)
TANH = _curve(
    "tanh.by-sigmoid", "twice a sigmoid", ("tanh",), lambda x: 2 * torch.sigmoid(2 * x) - 1
)
