"""Decode boxes wrongly: conventions of older detectors, halves of cells, sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, defect
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place


def decodes(place: Place) -> bool:
    """Fit what turns deltas into corners."""
    return type(place.module).__name__ == "Decode" and place.called > 0


def anchors(place: Place) -> bool:
    """Fit the maker of anchors."""
    return hasattr(place.module, "ratios") and hasattr(place.module, "scales") and place.called > 0


CELLS = both(calling("sigmoid"), calling("pow"), lambda p: hasattr(p.module, "stride"))


@defect(
    "decode.inclusive", "D143 D80", "boxes hold their last pixel: sides are one longer", decodes
)
def inclusive(part: nn.Module, _: Place) -> None:
    """x2 - x1 + 1 before, less one after."""

    def change(plain: Callable[..., Tensor], _self: nn.Module, a: Tensor, d: Tensor) -> Tensor:
        one = torch.tensor([0.5, 0.5, 1, 1], dtype=a.dtype)
        return plain(a + one, d) - torch.tensor([0, 0, 1, 1], dtype=a.dtype)

    retold(part, change)


@defect("decode.sides-exchanged", "D27", "height is stretched by the width's delta", decodes)
def sides(part: nn.Module, _: Place) -> None:
    """dh, dw for dw, dh."""
    retold(part, lambda plain, _self, a, d: plain(a, d[..., [0, 1, 3, 2]]))


@defect("decode.from-corner", "D27", "moves are counted from the corner, not the centre", decodes)
def from_corner(part: nn.Module, _: Place) -> None:
    """x1 + dx w for x + dx w."""

    def change(plain: Callable[..., Tensor], _self: nn.Module, a: Tensor, d: Tensor) -> Tensor:
        return plain(torch.cat((a[:, :2] - a[:, 2:] / 2, a[:, 2:]), dim=-1), d)

    retold(part, change)


@defect("anchor.rounded", "D80", "anchors are rounded to whole pixels", anchors)
def rounded(part: nn.Module, _: Place) -> None:
    """As the first detectors did."""
    retold(part, lambda plain, _self, x: plain(x).round())


@defect("cells.half-kept", "D81", "half a cell is not taken off the middle", CELLS)
def half_kept(part: nn.Module, _: Place) -> None:
    """An older head's 2 sigmoid + grid."""
    recalled(
        part, ("sub", "__sub__"), lambda f, x, by, **k: x * 1.0 if by == 0.5 else f(x, by, **k)
    )


@defect("cells.exponential", "D81", "sizes are stretched by exp, not by a squared sigmoid", CELLS)
def exponential(part: nn.Module, _: Place) -> None:
    """Exp of the logit that stands behind the sigmoid."""
    recalled(part, ("pow",), lambda _f, x, _by: x / (2 - x).clamp(min=1e-3))


@defect("cells.stride-forgotten", "D27", "the middle is told in cells, not in pixels", CELLS)
def stride_forgotten(part: nn.Module, place: Place) -> None:
    """Relative for absolute."""
    stride = place.module.stride

    def change(func: Any, x: Any, by: Any) -> Any:
        return x * 1.0 if isinstance(by, int) and by == stride else func(x, by)

    recalled(part, ("mul", "__mul__"), change, None)
