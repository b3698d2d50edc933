"""Bend with another curve than theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import Defect, calling, defect, nothas
from benchmarks.defects.tamper import recalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place


def _curve(
    id: str,
    rows: str,
    names: tuple[str, ...],
    does: str,
    other: Callable[[Tensor], Tensor],
) -> Defect:
    """Make the defect that puts another curve where one of these functions is called."""

    def plant(part: nn.Module, _: Place) -> None:
        recalled(part, names, lambda _func, x, *_a, **_k: other(x))

    # A recurrent layer and attention have operators of their own.
    return defect(id, rows, does, _all(calling(*names), nothas("softmax", "gru", "lstm")))(plant)


def _all(*fits: Callable[[Place], bool]) -> Callable[[Place], bool]:
    return lambda place: all(one(place) for one in fits)


@defect("activation.gelu-form", "D49", "GELU by tanh for erf, or the other way", calling("gelu"))
def gelu_form(part: Any, _: Place) -> None:
    """An attribute of the layer where there is one."""
    if isinstance(part, nn.GELU):
        part.approximate = "none" if part.approximate == "tanh" else "tanh"
        return

    def change(
        func: Callable[..., Tensor], x: Tensor, *_: Any, approximate: str = "none"
    ) -> Tensor:
        return func(x, approximate="none" if approximate == "tanh" else "tanh")

    recalled(part, ("gelu",), change)


GELU_QUICK = _curve(
    "activation.gelu-quick",
    "D49",
    ("gelu",),
    "x sigmoid(1.702 x) for GELU",
    lambda x: x * torch.sigmoid(1.702 * x),
)
GELU_RELU = _curve("activation.gelu-relu", "D49 D50", ("gelu",), "ReLU for GELU", torch.relu)
RELU_RELU6 = _curve(
    "activation.relu6", "D50", ("relu", "relu_"), "ReLU6 for ReLU", functional.relu6
)
RELU_LEAKY = _curve(
    "activation.relu-leaky",
    "D50",
    ("relu", "relu_"),
    "LeakyReLU for ReLU",
    lambda x: functional.leaky_relu(x, 0.01),
)
RELU_GELU = _curve(
    "activation.relu-gelu", "D50", ("relu", "relu_"), "GELU for ReLU", functional.gelu
)
SILU_HARD = _curve(
    "activation.silu-hardswish", "D50", ("silu",), "hard-swish for SiLU", functional.hardswish
)
HARD_SILU = _curve(
    "activation.hardswish-silu", "D50", ("hardswish",), "SiLU for hard-swish", functional.silu
)
SILU_GELU = _curve("activation.silu-gelu", "D50", ("silu",), "GELU for SiLU", functional.gelu)
LEAKY_SLOPE = _curve(
    "activation.leaky-slope",
    "D50",
    ("leaky_relu",),
    "slope 0.01 for theirs",
    lambda x: functional.leaky_relu(x, 0.01),
)
ELU_ALPHA = _curve("activation.elu-selu", "D50", ("elu",), "SELU for ELU", functional.selu)
SIGMOID_HARD = _curve(
    "activation.sigmoid-hard",
    "D50 D81",
    ("sigmoid", "hardsigmoid"),
    "the other sigmoid of two",
    lambda x: functional.hardsigmoid(x + 0.5),
)
TANH_SIGMOID = _curve(
    "activation.tanh-hard", "D50", ("tanh",), "hard tanh for tanh", functional.hardtanh
)
FORGOTTEN = _curve(
    "activation.forgotten",
    "D50 D64",
    ("relu", "relu_", "gelu", "silu", "tanh", "leaky_relu", "elu", "hardswish"),
    "no activation",
    lambda x: x * 1.0,
)
