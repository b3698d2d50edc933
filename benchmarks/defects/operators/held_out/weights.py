"""Convert weights wrongly: one axis, one channel, a stale file, too few bits, a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import Defect, both, defect, kinds
from benchmarks.defects.tamper import loaded, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

MATRIX = kinds(nn.Linear)
IMAGE = kinds(nn.Conv2d, nn.ConvTranspose2d)
EITHER = kinds(nn.Linear, nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d)


def biased(place: Place) -> bool:
    """Fit layers with a bias."""
    return EITHER(place) and place.module.bias is not None


def _weight(
    id: str,
    rows: str,
    does: str,
    fits: Callable[[Place], bool],
    rule: Callable[[Tensor], Tensor],
    leaf: str = "weight",
) -> Defect:
    def plant(part: nn.Module, _: Place) -> None:
        loaded(part, lambda own: {leaf: rule(own[leaf])})

    return defect(id, rows, does, fits)(plant)


def _stale(w: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(len(w))
    noise = torch.randn(w.shape, generator=generator).to(w.dtype)
    return w + 1e-3 * w.abs().mean() * noise


def _bytes(w: Tensor) -> Tensor:
    step = w.abs().amax() / 127
    return (w / step).round() * step


def _neighbours(w: Tensor) -> Tensor:
    return torch.cat([w[1:2], w[:1], w[2:]])


def _lost_column(w: Tensor) -> Tensor:
    w = w.clone()
    w[:, -1] = 0
    return w


UPSIDE_DOWN = _weight(
    "weight.upside-down", "D159 D163", "a kernel stands on its head: rows alone are turned",
    both(IMAGE, lambda p: p.module.weight.shape[-2] > 1), lambda w: w.flip(-2),
)  # fmt: skip
BYTES = _weight("weight.int8", "D100 D168", "weights went through eight bits", EITHER, _bytes)
STALE = _weight("weight.stale", "D168", "weights of one training step later", EITHER, _stale)
COLUMN = _weight(
    "weight.column-lost", "D164", "the last input channel was not converted",
    both(EITHER, lambda p: p.module.weight.shape[1] > 1), _lost_column,
)  # fmt: skip
NEIGHBOURS = _weight(
    "weight.neighbours-exchanged", "D161", "the first two output channels are exchanged",
    both(EITHER, lambda p: len(p.module.weight) > 1), _neighbours,
)  # fmt: skip
STANDARD = _weight(
    "weight.standardised", "D70", "the mean of each filter is taken off", EITHER,
    lambda w: w - w.flatten(1).mean(1).view(-1, *[1] * (w.ndim - 1)),
)  # fmt: skip
UNIT = _weight(
    "weight.unit-rows", "D160", "rows have norm one: the gain of weight_norm is lost", EITHER,
    lambda w: w / w.flatten(1).norm(dim=1).view(-1, *[1] * (w.ndim - 1)),
)  # fmt: skip
VIEWED = _weight(
    "weight.viewed", "D158 D72", "a view where a transpose was due",
    both(MATRIX, lambda p: p.module.weight.shape[0] != p.module.weight.shape[1]),
    lambda w: w.reshape(w.shape[1], w.shape[0]).t().contiguous(),
)  # fmt: skip
CLIPPED = _weight(
    "weight.clipped", "D131", "weights are cut at one deviation", EITHER,
    lambda w: w.clamp(-float(w.std()), float(w.std())) if w.numel() > 1 else w * 0.5,
)  # fmt: skip
OUTPUTS_REVERSED = _weight(
    "weight.outputs-reversed", "D161 D15", "output channels run backwards",
    both(EITHER, lambda p: len(p.module.weight) > 1), lambda w: w.flip(0),
)  # fmt: skip
BIAS_NEGATED = _weight(
    "bias.negated", "D161", "the bias has the other sign", biased, lambda b: -b, "bias"
)
BIAS_DOUBLED = _weight(
    "bias.doubled", "D66 D77", "the bias is added twice", biased, lambda b: 2 * b, "bias"
)


def _coarse(x: Tensor) -> Tensor:
    """Keep ten bits of the mantissa."""
    mantissa, exponent = torch.frexp(x)
    return torch.ldexp((mantissa * 2048).round() / 2048, exponent)


@defect("product.tf32", "D05", "factors are rounded to ten bits of mantissa", EITHER)
def tf32(part: nn.Module, _: Place) -> None:
    """As a GPU does when it is let."""
    loaded(part, lambda own: {"weight": _coarse(own["weight"])})
    retold(part, lambda plain, _self, x, *a, **k: plain(_coarse(x), *a, **k))


def colours(place: Place) -> bool:
    """Fit models of images with three colours."""
    one = place.given[0] if place.given else ()
    return place.path == "" and len(place.given) == 1 and len(one) == 4 and one[1] == 3


@defect("input.means-reversed", "D17", "means are subtracted in the order of blue first", colours)
def means_reversed(part: nn.Module, _: Place) -> None:
    """(0.406 - 0.485) / 0.229 and its counterpart."""

    def change(plain: Callable[..., Tensor], _self: nn.Module, x: Tensor) -> Tensor:
        apart = torch.tensor([0.079, 0.0, -0.079], dtype=x.dtype) / 0.229
        return plain(x + apart.view(3, 1, 1))

    retold(part, change)


@defect("input.mirrored", "D26", "left is right", colours)
def mirrored(part: nn.Module, _: Place) -> None:
    """A flip that is on in evaluation."""
    retold(part, lambda plain, _self, x: plain(x.flip(-1)))


@defect("input.blurred", "D19", "neighbours are averaged", colours)
def blurred(part: nn.Module, _: Place) -> None:
    """An antialias that theirs has not."""

    def change(plain: Callable[..., Tensor], _self: nn.Module, x: Tensor) -> Tensor:
        return plain(0.9 * x + 0.1 * nn.functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False))

    retold(part, change)


@defect("input.moved", "D24", "the crop begins one pixel to the right", colours)
def moved(part: nn.Module, _: Place) -> None:
    """Rounded the other way."""
    retold(part, lambda plain, _self, x: plain(torch.cat((x[..., 1:], x[..., -1:]), dim=-1)))
