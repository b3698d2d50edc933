"""Place anchors and decode boxes wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import defect
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place


def anchors(place: Place) -> bool:
    """Fit the maker of anchors."""
    return hasattr(place.module, "ratios") and hasattr(place.module, "scales")


def decodes(place: Place) -> bool:
    """Fit what turns deltas into boxes."""
    return type(place.module).__name__ == "Decode" and place.called > 0


def scores(place: Place) -> bool:
    """Fit what turns logits into scores."""
    return place.path == "" and place.calls_any("sigmoid") and hasattr(place.module, "decode")


@defect("anchor.corner", "D80", "anchors sit at the corner of a cell", anchors)
def corner(part: Any, _: Place) -> None:
    """Offset 0 for 0.5."""
    part.offset = 0.0


@defect("anchor.ratios-reversed", "D80", "ratios in the other order", anchors)
def ratios_reversed(part: Any, _: Place) -> None:
    """Wide first."""
    part.ratios = part.ratios[::-1]


@defect("anchor.scales-outside", "D80", "scales in the other order", anchors)
def scales_reversed(part: Any, _: Place) -> None:
    """Large first."""
    part.scales = part.scales[::-1]


@defect("anchor.stride", "D80", "centres are one stride's share off", anchors)
def stride(part: Any, _: Place) -> None:
    """(w - 1) / w of the stride."""
    retold(part, lambda plain, _self, x: plain(x) * torch.tensor([0.95, 0.95, 1, 1], dtype=x.dtype))


@defect("anchor.columns-first", "D80 D82", "places run down before they run across", anchors)
def columns_first(part: nn.Module, _: Place) -> None:
    """X and y are exchanged."""
    recalled(part, ("flip",), lambda _f, x, *_a: x * 1.0)


@defect("decode.sigmoid", "D81", "(2 sigmoid)^2 for exp", decodes)
def sigmoid(part: nn.Module, _: Place) -> None:
    """Another family's decoding."""
    recalled(part, ("exp",), lambda _f, x: (2 * torch.sigmoid(x)) ** 2)


@defect("decode.variance", "D81", "deltas are not divided by their variance", decodes)
def variance(part: nn.Module, _: Place) -> None:
    """0.1 forgotten for the centre."""
    recalled(part, ("mul", "__mul__"), lambda f, x, by: x * 1.0 if by == 0.1 else f(x, by))


@defect(
    "decode.clamped-early",
    "D43 D138",
    "the logarithm of the size is clamped far too early",
    decodes,
)
def clamped_early(part: nn.Module, _: Place) -> None:
    """Boxes never grow by more than a tenth."""
    recalled(part, ("clamp",), lambda f, x, **_k: f(x, max=0.1))


@defect("decode.centres", "D27", "boxes stay centre and size", decodes)
def centres(part: nn.Module, _: Place) -> None:
    """Cxcywh for xyxy."""

    def change(plain: Callable[..., Tensor], _self: nn.Module, a: Tensor, d: Tensor) -> Tensor:
        one, two = plain(a, d).split(2, dim=-1)
        return torch.cat(((one + two) / 2, two - one), dim=-1)

    retold(part, change)


@defect("decode.xy-exchanged", "D27", "moves are y, x for x, y", decodes)
def xy_exchanged(part: nn.Module, _: Place) -> None:
    """The first two deltas are exchanged."""
    retold(part, lambda plain, _self, a, d: plain(a, d[..., [1, 0, 2, 3]]))


@defect("score.softmax", "D85 D94", "softmax for sigmoid", scores)
def softmax(part: nn.Module, _: Place) -> None:
    """Classes exclude each other."""
    recalled(part, ("sigmoid",), lambda _f, x: x.softmax(-1))


@defect(
    "head.places-first",
    "D72 D82",
    "classes and places are mixed in the rows",
    lambda place: place.calls_any("permute") and hasattr(place.module, "last"),
)
def places_first(part: nn.Module, _: Place) -> None:
    """A view for a permute."""
    recalled(part, ("permute",), lambda f, x, *axes: x.reshape(f(x, *axes).shape))
