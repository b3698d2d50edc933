"""Run over time wrongly: gates, biases, direction, the first state, the last step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, defect, kinds
from benchmarks.defects.tamper import loaded, recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

LAYER = kinds(nn.GRU, nn.LSTM)
GRU = kinds(nn.GRU)
CELL = both(calling("sigmoid"), calling("tanh"), calling("chunk"))


def _gates(own: dict[str, Tensor], order: tuple[int, ...]) -> dict[str, Tensor]:
    return {
        name: torch.cat([value.chunk(len(order), 0)[place] for place in order])
        for name, value in own.items()
    }


@defect("recurrent.gate-order", "D77", "update before reset", GRU, cause="parts.order")
def gate_order(part: nn.Module, _: Place) -> None:
    """Keras's order."""
    loaded(part, lambda own: _gates(own, (1, 0, 2)))


@defect("recurrent.reset-before", "D77", "the reset acts before the product", GRU)
def reset_before(part: Any, _: Place) -> None:
    """The first form of the GRU, as Keras has it with reset_after=False."""

    def change(_plain: Callable[..., Any], self: Any, x: Tensor) -> tuple[Tensor, None]:
        ahead = _early(x, self, "")
        back = _early(x.flip(1), self, "_reverse").flip(1)
        return torch.cat((ahead, back), dim=-1), None

    retold(part, change)


def _early(x: Tensor, layer: Any, end: str) -> Tensor:
    w, u, b, c = (
        getattr(layer, f"{n}_l0{end}") for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    hidden = layer.hidden_size
    state, found = x.new_zeros(len(x), hidden), []
    for step in x.unbind(1):
        given = step @ w.mT + b
        gates = torch.sigmoid(given[:, : 2 * hidden] + (state @ u.mT + c)[:, : 2 * hidden])
        reset, update = gates.chunk(2, dim=-1)
        told = (reset * state) @ u[2 * hidden :].mT + c[2 * hidden :]
        new = torch.tanh(given[:, 2 * hidden :] + told)
        state = (1 - update) * new + update * state
        found.append(state)
    return torch.stack(found, dim=1)


@defect("recurrent.bias-doubled", "D77", "both biases are the sum of the two", LAYER)
def bias_doubled(part: nn.Module, _: Place) -> None:
    """One bias in theirs, two in ours."""

    def change(own: dict[str, Tensor]) -> dict[str, Tensor]:
        first = {n: v for n, v in own.items() if n.startswith("bias_ih")}
        return {n: v + own[n.replace("_ih", "_hh")] for n, v in first.items()}

    loaded(part, change)


@defect("recurrent.bias-dropped", "D77", "the bias of the state is zero", LAYER)
def bias_dropped(part: nn.Module, _: Place) -> None:
    """One bias in theirs, two in ours."""
    loaded(
        part,
        lambda own: {n: torch.zeros_like(v) for n, v in own.items() if n.startswith("bias_hh")},
    )


@defect("recurrent.directions-exchanged", "D77", "the way back comes first", LAYER)
def directions(part: nn.Module, _: Place) -> None:
    """Concatenated in the other order."""

    def change(plain: Callable[..., Any], self: Any, x: Tensor) -> Any:
        states, last = plain(x)
        return states.roll(self.hidden_size, -1), last

    retold(part, change)


@defect("recurrent.forget-bias", "D77", "one is added to the forget gate", CELL)
def forget_bias(part: nn.Module, _: Place) -> None:
    """TensorFlow's forget_bias."""
    recalled(part, ("sigmoid",), _every_third(lambda f, x: f(x + 1.0)), None)


@defect("recurrent.hard-gates", "D50 D77", "gates are piecewise linear", CELL)
def hard_gates(part: nn.Module, _: Place) -> None:
    """Old Keras."""
    recalled(part, ("sigmoid",), lambda _f, x: (0.2 * x + 0.5).clamp(0, 1), None)


@defect("recurrent.cell-bent-early", "D77", "the cell is bent before it is kept", CELL)
def bent_early(part: nn.Module, _: Place) -> None:
    """The first tanh of each step is forgotten."""
    turn = [0]

    def change(func: Any, x: Tensor) -> Tensor:
        turn[0] += 1
        return x * 1.0 if turn[0] % 2 else func(x)

    recalled(part, ("tanh",), change, None)


@defect("recurrent.first-state", "D77", "starts from ones", both(CELL, calling("new_zeros")))
def first_state(part: nn.Module, _: Place) -> None:
    """new_ones for new_zeros."""
    recalled(part, ("new_zeros",), lambda f, *a, **k: f(*a, **k) + 1)


@defect("recurrent.last-step", "D78", "the last step for the last valid one", calling("gather"))
def last_step(part: nn.Module, _: Place) -> None:
    """Padding has run on."""

    def change(func: Any, x: Tensor, axis: int, index: Tensor) -> Tensor:
        return func(x, axis, torch.full_like(index, x.shape[axis] - 1))

    recalled(part, ("gather",), change)


@defect("recurrent.last-step-late", "D78", "one step before the last valid one", calling("gather"))
def one_too_early(part: nn.Module, _: Place) -> None:
    """An index off by one."""
    recalled(part, ("gather",), lambda f, x, axis, index: f(x, axis, (index - 1).clamp(min=0)))


def _every_third(change: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Change the first of three calls of one step."""
    turn = [0]

    def counted(func: Any, x: Tensor) -> Tensor:
        turn[0] += 1
        return change(func, x) if turn[0] % 3 == 1 else func(x)

    return counted
