"""Bend with a curve that was written from memory: constants, roots and halves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import Defect, both, calling, defect, nothas
from benchmarks.defects.tamper import recalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

ALONE = nothas("softmax", "gru", "lstm", "scaled_dot_product_attention")


def _curve(
    id: str, rows: str, names: tuple[str, ...], does: str, other: Callable[[Tensor], Tensor]
) -> Defect:
    def plant(part: nn.Module, _: Place) -> None:
        recalled(part, names, lambda _func, x, *_a, **_k: other(x), None)

    return defect(id, rows, does, both(calling(*names), ALONE))(plant)


def _tanh_form(x: Tensor, constant: float) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + constant * x**3)))


ROOT_LOST = _curve(
    "activation.gelu-no-root", "D49", ("gelu",), "GELU by erf of x, not of x over the root of two",
    lambda x: 0.5 * x * (1 + torch.erf(x)),
)  # fmt: skip
CONSTANT = _curve(
    "activation.gelu-constant", "D49", ("gelu",), "GELU by tanh with 0.04715 for 0.044715",
    lambda x: _tanh_form(x, 0.04715),
)  # fmt: skip
SHARP = _curve(
    "activation.silu-sharp", "D50", ("silu",), "x sigmoid(1.702 x) for SiLU",
    lambda x: x * torch.sigmoid(1.702 * x),
)  # fmt: skip
LECUN = _curve(
    "activation.tanh-scaled", "D50", ("tanh",), "1.7159 tanh(2 x / 3) for tanh",
    lambda x: 1.7159 * torch.tanh(2 * x / 3),
)  # fmt: skip
HALF = _curve(
    "activation.sigmoid-wide", "D50", ("sigmoid",), "the half of x is forgotten: (1 + tanh x) / 2",
    lambda x: 0.5 * (1 + torch.tanh(x)),
)  # fmt: skip


@defect("glu.halves", "D57", "the first half of a gated linear unit is the gate", calling("glu"))
def halves(part: nn.Module, _: Place) -> None:
    """The halves are exchanged."""

    def change(func: Any, x: Tensor, dim: int = -1) -> Tensor:
        return func(x.roll(x.shape[dim] // 2, dim), dim)

    recalled(part, ("glu",), change)


@defect(
    "activation.hardsigmoid-fifth", "D50", "the hard sigmoid has slope 1/5 for 1/6",
    both(calling("hardsigmoid", "hardswish"), ALONE),
)  # fmt: skip
def fifth(part: nn.Module, _: Place) -> None:
    """Another framework's, alone or times x."""

    def change(func: Any, x: Tensor, *_: Any, **__: Any) -> Tensor:
        y = (0.2 * x + 0.5).clamp(0, 1)
        return x * y if func.__name__ == "hardswish" else y

    recalled(part, ("hardsigmoid", "hardswish"), change, None)
