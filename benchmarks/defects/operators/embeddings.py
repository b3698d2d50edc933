"""Embed words and places wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, defect, kinds
from benchmarks.defects.tamper import loaded, recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

EMBEDS = kinds(nn.Embedding)
TABLES = ("places", "pos_embed", "table", "relative_position_bias_table")


def _table(place: Place) -> str | None:
    return next(
        (n for n in TABLES if isinstance(getattr(place.module, n, None), nn.Parameter)), None
    )


def has_table(place: Place) -> bool:
    """Fit parts that own a table of positions."""
    return _table(place) is not None and place.called > 0


def _places(place: Place) -> bool:
    named = any(word in place.path for word in ("place", "position", "wpe"))
    return isinstance(place.module, nn.Embedding) and named


@defect("position.off-by-one", "D62", "places begin with one", both(EMBEDS, _places))
def off_by_one(part: nn.Module, _: Place) -> None:
    """The table is read one row later."""
    retold(part, lambda plain, _self, index: plain(index + 1))


@defect("position.table-rolled", "D62", "the table of positions is one row off", has_table)
def table_rolled(part: nn.Module, place: Place) -> None:
    """The class token has its row at the other end."""
    name = _table(place) or ""
    loaded(part, lambda own: {name: own[name].roll(1, -2)})


@defect("position.table-flipped", "D62 D80", "the table of positions runs backwards", has_table)
def table_flipped(part: nn.Module, place: Place) -> None:
    """Query minus key for key minus query."""
    name = _table(place) or ""
    loaded(part, lambda own: {name: own[name].flip(-2)})


@defect("position.absent", "D62", "positions are not added", lambda p: has_table(p) or _places(p))
def absent(part: nn.Module, place: Place) -> None:
    """The table stays zero."""
    name = _table(place) or "weight"
    loaded(part, lambda own: {name: torch.zeros_like(own[name])})


@defect("embedding.scaled", "D56", "embeddings are multiplied by the root of the width", EMBEDS)
def scaled(part: Any, _: Place) -> None:
    """As the first transformer did."""
    retold(part, lambda plain, self, index: plain(index) * self.embedding_dim**0.5)


@defect("embedding.rolled", "D28 D174", "ids are off by one", EMBEDS)
def rolled(part: nn.Module, _: Place) -> None:
    """A special token was put first."""
    loaded(part, lambda own: {"weight": own["weight"].roll(1, 0)})


@defect("embedding.renormalised", "D67", "rows are scaled to norm one", EMBEDS)
def renormalised(part: nn.Module, _: Place) -> None:
    """max_norm=1, which changes the table when it is read."""

    def change(plain: Callable[..., Tensor], _self: nn.Module, index: Tensor) -> Tensor:
        return nn.functional.normalize(plain(index), dim=-1)

    retold(part, change)


@defect(
    "embedding.head-untied",
    "D67",
    "the head has lost the embedding's weight",
    lambda place: (
        place.path == "" and place.calls_any("matmul", "linear") and hasattr(place.module, "embed")
    ),
    names=lambda place: (place.path,),
)
def untied(part: nn.Module, _: Place) -> None:
    """Another matrix of the same size."""
    recalled(part, ("matmul", "linear"), lambda f, x, w, *a: f(x, w.roll(1, -1), *a))


@defect(
    "embedding.token-dropped",
    "D62 D63",
    "the class token is zero",
    lambda p: _token(p.module) is not None,
)
def token_dropped(part: nn.Module, _: Place) -> None:
    """Built with zeros and never loaded."""
    name = _token(part) or ""
    loaded(part, lambda own: {name: torch.zeros_like(own[name])})


def _token(part: nn.Module) -> str | None:
    return next(
        (n for n in ("first", "cls_token") if isinstance(getattr(part, n, None), nn.Parameter)),
        None,
    )
