"""Convert weights wrongly: layout, order, sign, precision, another layer's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import Defect, both, defect, kinds
from benchmarks.defects.tamper import loaded, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

MATRIX = kinds(nn.Linear)
KERNEL = kinds(nn.Conv1d, nn.Conv2d)
EITHER = kinds(nn.Linear, nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d)


def images(place: Place) -> bool:
    """Fit models of images."""
    return place.path == "" and [len(shape) for shape in place.given] == [4]


def square(place: Place) -> bool:
    """Fit layers whose weight may be transposed without anybody noticing."""
    weight = place.module.weight
    return weight.shape[0] == weight.shape[1]


def _weight(
    id: str,
    rows: str,
    does: str,
    fits: Callable[[Place], bool],
    rule: Callable[[Tensor], Tensor],
) -> Defect:
    def plant(part: nn.Module, _: Place) -> None:
        loaded(part, lambda own: {"weight": rule(own["weight"])})

    return defect(id, rows, does, fits)(plant)


TRANSPOSED = _weight(
    "weight.transposed", "D158", "a square matrix is transposed", both(EITHER, square),
    lambda w: w.transpose(0, 1).contiguous(),
)  # fmt: skip
SIDES = _weight(
    "weight.height-width", "D159", "height and width of a kernel are exchanged",
    both(kinds(nn.Conv2d, nn.ConvTranspose2d), lambda p: p.module.weight.shape[-1] > 1),
    lambda w: w.transpose(-1, -2).contiguous(),
)  # fmt: skip
FLIPPED = _weight(
    "weight.flipped", "D163", "a kernel is turned by half a turn: correlation for convolution",
    both(kinds(nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d), lambda p: p.module.weight.shape[-1] > 1),
    lambda w: w.flip(tuple(range(2, w.ndim))),
)  # fmt: skip
COLOURS = _weight(
    "weight.colours", "D15 D17", "blue, green, red for red, green, blue",
    both(KERNEL, lambda p: p.module.weight.shape[1] == 3),
    lambda w: w.flip(1),
)  # fmt: skip
ROLLED = _weight(
    "weight.rolled", "D161", "output channels are off by one", EITHER, lambda w: w.roll(1, 0)
)
INPUTS = _weight(
    "weight.inputs-rolled", "D163", "input channels are off by one",
    both(EITHER, lambda p: p.module.weight.shape[1] > 1), lambda w: w.roll(1, 1),
)  # fmt: skip
NEGATED = _weight("weight.row-negated", "D161", "one output channel has the other sign", EITHER,
    lambda w: torch.cat([-w[:1], w[1:]]),
)  # fmt: skip
ROUNDED = _weight(
    "weight.bfloat16", "D100", "weights went through bfloat16", EITHER,
    lambda w: w.bfloat16().to(w.dtype),
)  # fmt: skip
HALVED = _weight(
    "weight.float16", "D100", "weights went through float16", EITHER,
    lambda w: w.half().to(w.dtype),
)  # fmt: skip
SCALED = _weight(
    "weight.scaled", "D16", "weights are one in a thousand too large", EITHER, lambda w: w * 1.001
)
FRESH = _weight(
    "weight.row-lost", "D164", "one output channel was not converted", EITHER,
    lambda w: torch.cat([torch.zeros_like(w[:1]), w[1:]]),
)  # fmt: skip
THIRDS = _weight(
    "weight.thirds-rolled", "D57", "keys, values, queries for queries, keys, values",
    both(MATRIX, lambda p: p.module.out_features == 3 * p.module.in_features),
    lambda w: torch.cat([w.chunk(3)[i] for i in (1, 2, 0)]),
)  # fmt: skip
HALVES = _weight(
    "weight.halves-exchanged", "D57 D161", "gate and value are exchanged",
    both(MATRIX, lambda p: p.module.out_features % 2 == 0),
    lambda w: torch.cat([w.chunk(2)[i] for i in (1, 0)]),
)  # fmt: skip


@defect(
    "weight.heads-interleaved",
    "D57",
    "channels of heads are interleaved",
    both(MATRIX, square, lambda place: place.module.out_features % 4 == 0),
)
def heads_interleaved(part: nn.Module, _: Place) -> None:
    """(width, heads) for (heads, width)."""
    loaded(
        part,
        lambda own: {"weight": own["weight"].unflatten(0, (2, -1)).transpose(0, 1).flatten(0, 1)},
    )


@defect(
    "bias.rolled",
    "D161",
    "the bias is off by one channel",
    both(EITHER, lambda place: place.module.bias is not None and len(place.module.bias) > 1),
)
def bias_rolled(part: nn.Module, _: Place) -> None:
    """A wrong offset in a fused tensor."""
    loaded(part, lambda own: {"bias": own["bias"].roll(1, 0)})


@defect(
    "output.bfloat16",
    "D100",
    "the result goes through bfloat16",
    kinds(nn.Linear, nn.Conv2d),
    cause="precision",
)
def output_bfloat16(part: nn.Module, _: Place) -> None:
    """An autocast that was left on."""
    retold(part, lambda plain, _self, *a, **k: _through(plain(*a, **k), torch.bfloat16))


@defect(
    "output.float16",
    "D99 D100",
    "the result goes through float16",
    kinds(nn.LayerNorm, nn.GroupNorm, nn.RMSNorm, nn.BatchNorm2d),
    cause="precision",
)
def output_float16(part: nn.Module, _: Place) -> None:
    """A cast that was left in."""
    retold(part, lambda plain, _self, *a, **k: _through(plain(*a, **k), torch.float16))


@defect(
    "input.uint8",
    "D40",
    "inputs are rounded to 1/255",
    images,
    cause="input.rounded",
)
def input_uint8(part: nn.Module, _: Place) -> None:
    """The image was stored as bytes."""

    def change(plain: Callable[..., Any], _self: nn.Module, x: Tensor) -> Any:
        return plain((x * 255).round() / 255)

    retold(part, change)


@defect(
    "input.channels",
    "D15",
    "colours are read in the other order",
    images,
    cause="weight.colours",
)
def input_channels(part: nn.Module, _: Place) -> None:
    """BGR."""
    retold(part, lambda plain, _self, x: plain(x.flip(1)))


@defect(
    "input.scaled",
    "D16",
    "inputs are divided by their deviation twice",
    images,
)
def input_scaled(part: nn.Module, _: Place) -> None:
    """A second normalisation."""
    retold(part, lambda plain, _self, x: plain(x / 0.226))


def _through(x: Tensor, dtype: torch.dtype) -> Tensor:
    return x.to(dtype).to(x.dtype)
