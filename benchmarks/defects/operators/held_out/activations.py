"""Bend wrongly: curves of other families, twice, in too few bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import both, calling, defect, nothas
from benchmarks.defects.tamper import recalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place
    from benchmarks.defects.operators.defect import Defect

RELU = ("relu", "relu_")
CURVES = (*RELU, "gelu", "silu", "tanh", "leaky_relu", "elu", "hardswish", "relu6")
ALONE = nothas("softmax", "gru", "lstm", "scaled_dot_product_attention")


def _curve(
    id: str, rows: str, names: tuple[str, ...], does: str, other: Callable[[Any, Tensor], Tensor]
) -> Defect:
    def plant(part: nn.Module, _: Place) -> None:
        recalled(part, names, lambda func, x, *_a, **_k: other(func, x))

    return defect(id, rows, does, both(calling(*names), ALONE))(plant)


MISH = _curve(
    "activation.silu-mish", "D50", ("silu",), "mish for SiLU", lambda _f, x: functional.mish(x)
)
SOFTPLUS = _curve(
    "activation.relu-softplus",
    "D50",
    RELU,
    "softplus for ReLU",
    lambda _f, x: functional.softplus(x),
)
ABSOLUTE = _curve("activation.relu-absolute", "D50", RELU, "|x| for ReLU", lambda _f, x: x.abs())
GELU_SILU = _curve(
    "activation.gelu-silu", "D50", ("gelu",), "SiLU for GELU", lambda _f, x: functional.silu(x)
)
HALF = _curve(
    "activation.float16",
    "D99 D100",
    CURVES,
    "the curve is computed in float16",
    lambda func, x: func(x.half().to(x.dtype)).half().to(x.dtype),
)
SHIFTED = _curve(
    "activation.shifted",
    "D50",
    CURVES,
    "the curve begins at a hundredth for zero",
    lambda func, x: func(x - 0.01),
)


@defect(
    "activation.doubled",
    "D66",
    "bent twice",
    both(calling("gelu", "silu", "tanh", "hardswish", "elu", "leaky_relu", "sigmoid"), ALONE),
)
def doubled(part: nn.Module, _: Place) -> None:
    """In the layer and after it."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return func(func(x, *args, **kwargs), *args, **kwargs)

    names = ("gelu", "silu", "tanh", "hardswish", "elu", "leaky_relu", "sigmoid")
    recalled(part, names, change)


@defect(
    "gate.unbent",
    "D50 D57",
    "the gate is bent where the value should be: the other factor",
    both(calling("mul", "__mul__"), calling("silu", "sigmoid", "gelu"), ALONE),
)
def other_factor(part: nn.Module, _: Place) -> None:
    """Give a * f(b) for f(a) * b, where both have one shape."""
    curves = {
        "silu": functional.silu,
        "sigmoid": torch.sigmoid,
        "gelu": functional.gelu,
    }
    kept: list[tuple[Any, Tensor, Tensor]] = []

    def bend(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        y = func(x, *args, **kwargs)
        kept[:] = [(curves[func.__name__], x, y)]
        return y

    def product(func: Any, a: Any, b: Any) -> Any:
        if kept and isinstance(a, Tensor) and isinstance(b, Tensor) and a.shape == b.shape:
            curve, x, y = kept.pop()
            if a is y:
                return func(x, curve(b))
            if b is y:
                return func(curve(a), x)
        return func(a, b)

    recalled(part, tuple(curves), bend)
    recalled(part, ("mul", "__mul__"), product, None)
