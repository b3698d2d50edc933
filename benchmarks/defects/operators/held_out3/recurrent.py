"""Remember wrongly: gates in another framework's order, directions, axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, defect, kinds
from benchmarks.defects.tamper import loaded, recalled

if TYPE_CHECKING:
    from benchmarks.defects.anatomy import Place

LAYER = kinds(nn.GRU, nn.LSTM)
CELL = both(calling("sigmoid"), calling("tanh"), calling("chunk", "split", "tensor_split"))


def _gates(own: dict[str, Tensor], order: tuple[int, ...]) -> dict[str, Tensor]:
    return {
        name: torch.cat([value.chunk(len(order))[place] for place in order])
        for name, value in own.items()
    }


@defect(
    "lstm.gate-order",
    "D77",
    "the new cell stands before the forget gate",
    kinds(nn.LSTM, nn.LSTMCell),
)
def lstm_order(part: nn.Module, _: Place) -> None:
    """TensorFlow's i, j, f, o for i, f, j, o."""
    loaded(part, lambda own: _gates(own, (0, 2, 1, 3)))


@defect(
    "recurrent.directions-loaded-crosswise", "D161", "each direction has the other's weights",
    both(LAYER, lambda p: p.module.bidirectional),
)  # fmt: skip
def crosswise(part: nn.Module, _: Place) -> None:
    """Forward cells last in the checkpoint."""

    def change(own: dict[str, Tensor]) -> dict[str, Tensor]:
        made = dict(own)
        for name, value in own.items():
            other = name.removesuffix("_reverse") if "_reverse" in name else f"{name}_reverse"
            made[other] = value
        return made

    loaded(part, change)


@defect("recurrent.cell-unbent", "D50", "the cell is not bent before it leaves", CELL)
def cell_unbent(part: nn.Module, _: Place) -> None:
    """The second tanh of each step is forgotten."""
    turn = [0]

    def change(func: Any, x: Tensor) -> Tensor:
        turn[0] += 1
        return func(x) if turn[0] % 2 else x * 1.0

    recalled(part, ("tanh",), change, None)


@defect("recurrent.batch-as-time", "D72 D82", "samples are run through as if they were time", LAYER)
def batch_as_time(part: Any, _: Place) -> None:
    """batch_first is the other."""
    part.batch_first = not part.batch_first


@defect(
    "recurrent.input-gate-coupled", "D77", "the input gate is one less the forget gate",
    both(CELL, lambda p: p.calls.count("sigmoid") % 3 == 0),
)  # fmt: skip
def coupled(part: nn.Module, _: Place) -> None:
    """A variant with one gate fewer: each second sigmoid is that of the first, mirrored."""
    turn, kept = [0], [torch.zeros(())]

    def change(func: Any, x: Tensor) -> Tensor:
        turn[0] += 1
        place = turn[0] % 3
        if place == 2 and kept[0].shape == x.shape:
            return 1 - kept[0]
        kept[0] = func(x)
        return kept[0]

    recalled(part, ("sigmoid",), change, None)
