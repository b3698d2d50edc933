"""Embed and remember wrongly: rows of zeros, places that stand still, turned gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, defect, kinds
from benchmarks.defects.tamper import loaded, retold

if TYPE_CHECKING:
    from benchmarks.defects.anatomy import Place

EMBEDS = kinds(nn.Embedding)
TABLE = ("pos_embed", "places", "embed_positions", "position_embeddings", "relative_attention_bias",
         "relative_position_bias_table", "positions", "table")  # fmt: skip


def _tables(place: Place) -> list[str]:
    own = dict(place.module.named_parameters(recurse=False))
    if isinstance(place.module, nn.Embedding):
        here = any(word in place.path for word in ("pos", "place", "wpe", "relative"))
        return ["weight"] if here else []
    return [name for name in TABLE if name in own and own[name].ndim >= 2]


def has_table(place: Place) -> bool:
    """Fit what owns a table of positions."""
    return bool(_tables(place)) and place.called > 0


@defect("position.doubled", "D62", "positions are twice theirs", has_table)
def position_doubled(part: nn.Module, place: Place) -> None:
    """Added by two parts."""
    name = _tables(place)[0]
    loaded(part, lambda own: {name: own[name] * 2})


@defect("position.stuck", "D62", "each place gets the first row", has_table)
def position_stuck(part: nn.Module, place: Place) -> None:
    """An index that is never counted up."""
    name = _tables(place)[0]
    loaded(part, lambda own: {name: own[name][..., :1, :].expand_as(own[name]).clone()})


@defect("position.halves-exchanged", "D62", "the halves of each row are exchanged", has_table)
def position_halves(part: nn.Module, place: Place) -> None:
    """Cosine first for sine first."""
    name = _tables(place)[0]
    loaded(part, lambda own: {name: own[name].roll(own[name].shape[-1] // 2, -1)})


@defect("embedding.row-zeroed", "D174", "the row of id 1 is zero, as a padding's", EMBEDS)
def row_zeroed(part: nn.Module, _: Place) -> None:
    """padding_idx=1."""

    def change(own: dict[str, Tensor]) -> dict[str, Tensor]:
        table = own["weight"].clone()
        table[min(1, len(table) - 1)] = 0
        return {"weight": table}

    loaded(part, change)


@defect("embedding.channels-reversed", "D174", "the channels of a table run backwards", EMBEDS)
def channels_reversed(part: nn.Module, _: Place) -> None:
    """Another byte order of a file."""
    loaded(part, lambda own: {"weight": own["weight"].flip(-1)})


GRU = kinds(nn.GRU, nn.GRUCell)
RECURRENT = kinds(nn.GRU, nn.LSTM, nn.GRUCell, nn.LSTMCell)


@defect("recurrent.update-inverted", "D77", "the update gate keeps what it should replace", GRU)
def update_inverted(part: nn.Module, _: Place) -> None:
    """Keep z for 1 - z."""

    def turned(value: Tensor) -> Tensor:
        reset, update, new = value.chunk(3)
        return torch.cat([reset, -update, new])

    loaded(part, lambda own: {name: turned(value) for name, value in own.items()})


@defect(
    "recurrent.state-transposed", "D77 D158", "the matrix of the state is transposed", RECURRENT
)
def state_transposed(part: nn.Module, _: Place) -> None:
    """Gate by gate, where each is square."""

    def turned(value: Tensor) -> Tensor:
        return torch.cat([gate.t() for gate in value.split(value.shape[1])])

    loaded(part, lambda own: {n: turned(v) for n, v in own.items() if n.startswith("weight_hh")})


@defect(
    "recurrent.last-gate-unbiased",
    "D77",
    "the last gate has no bias",
    both(RECURRENT, lambda p: any(n.startswith("bias") for n, _ in p.module.named_parameters())),
)
def last_gate(part: nn.Module, _: Place) -> None:
    """Lost where the biases were cut."""

    def cut(value: Tensor) -> Tensor:
        value = value.clone()
        value[-part.hidden_size :] = 0  # type: ignore[operator]
        return value

    loaded(part, lambda own: {n: cut(v) for n, v in own.items() if n.startswith("bias_ih")})


@defect("recurrent.time-reversed", "D77 D78", "time runs backwards", kinds(nn.GRU, nn.LSTM))
def time_reversed(part: nn.Module, _: Place) -> None:
    """The result is not turned back."""
    retold(part, lambda plain, _self, x, *a, **k: plain(x.flip(1), *a, **k))
