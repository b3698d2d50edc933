"""Convolve, pool and resize wrongly: which side, which value, which places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import both, calling, defect, kinds
from benchmarks.defects.tamper import loaded, recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

CONV = kinds(nn.Conv1d, nn.Conv2d)


def padded(place: Place) -> bool:
    """Fit convolutions that pad with zeros."""
    part = place.module
    return (
        CONV(place)
        and isinstance(part.padding, tuple)
        and any(part.padding)
        and part.padding_mode == "zeros"
    )


def unstrided(place: Place) -> bool:
    """Fit convolutions that visit each place."""
    return max(place.module.stride) == 1


def _plain(part: Any, x: Tensor) -> Tensor:
    conv = functional.conv1d if x.ndim == 3 else functional.conv2d
    return conv(x, part.weight, part.bias, part.stride, 0, part.dilation, part.groups)


def _sides(part: Any, share: Callable[[int], tuple[int, int]]) -> list[int]:
    return [side for padding in reversed(part.padding) for side in share(padding)]


@defect(
    "conv.padding-ahead", "D51", "pads before alone: causal for centred", both(padded, unstrided)
)
def padding_ahead(part: nn.Module, _: Place) -> None:
    """(2, 0) for (1, 1)."""
    retold(
        part,
        lambda _p, self, x: _plain(self, functional.pad(x, _sides(self, lambda n: (2 * n, 0)))),
    )


@defect(
    "conv.padding-late",
    "D51",
    "the result is padded for the input",
    both(padded, unstrided, lambda p: max(p.made[-2:], default=0) > 2 * max(p.module.padding)),
)
def padding_late(part: nn.Module, _: Place) -> None:
    """Borders are zero."""

    def change(plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        wanted = plain(x)
        inside = _plain(self, x)
        gaps = [a - b for a, b in zip(wanted.shape[2:], inside.shape[2:], strict=True)]
        sides = [side for gap in reversed(gaps) for side in (gap // 2, gap - gap // 2)]
        return functional.pad(inside, sides)

    retold(part, change)


@defect(
    "conv.padding-value", "D22 D51", "pads with -2, as a black image normalised after it", padded
)
def padding_value(part: nn.Module, _: Place) -> None:
    """Pad, then normalise."""
    retold(
        part,
        lambda _p, self, x: _plain(
            self, functional.pad(x, _sides(self, lambda n: (n, n)), value=-2.0)
        ),
    )


@defect(
    "conv.odd-places",
    "D24 D51",
    "a strided convolution visits places 1, 3, 5 for 0, 2, 4",
    both(padded, lambda p: max(p.module.stride) > 1),
)
def odd_places(part: nn.Module, _: Place) -> None:
    """The window begins one place later, and the last is padded."""

    def change(plain: Callable[..., Tensor], _self: Any, x: Tensor) -> Tensor:
        moved = functional.pad(x, (0, 1)) if x.ndim == 3 else functional.pad(x, (0, 1, 0, 1))
        return plain(moved[..., 1:] if x.ndim == 3 else moved[..., 1:, 1:])

    retold(part, change)


@defect(
    "conv.one-kernel",
    "D69 D163",
    "each group gets the kernel of the first",
    both(CONV, lambda p: p.module.groups > 1),
)
def one_kernel(part: nn.Module, _: Place) -> None:
    """Repeated over groups."""

    def change(own: dict[str, Tensor]) -> dict[str, Tensor]:
        first = own["weight"].chunk(part.groups)[0]  # type: ignore[arg-type]
        return {"weight": first.repeat(part.groups, *[1] * (first.ndim - 1))}  # type: ignore[list-item]

    loaded(part, change)


@defect(
    "conv-transpose.moved",
    "D51",
    "the cropped border is the other one",
    kinds(nn.ConvTranspose1d, nn.ConvTranspose2d),
)
def moved(part: nn.Module, _: Place) -> None:
    """One place to the right."""

    def change(plain: Callable[..., Tensor], _self: Any, x: Tensor) -> Tensor:
        y = plain(x)
        return functional.pad(y, (1, 0))[..., :-1]

    retold(part, change)


@defect(
    "resize.nearest-exact",
    "D172",
    "nearest rounds to the centre of a pixel for its corner, or bilinear starts at the corner",
    calling("interpolate", "upsample"),
)
def nearest_exact(part: nn.Module, _: Place) -> None:
    """Coordinates without the half."""

    def change(func: Callable[..., Tensor], x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        y = func(x, *args, **kwargs)
        rows, columns = (
            torch.arange(n, dtype=x.dtype) * (m / n)
            for n, m in zip(y.shape[-2:], x.shape[-2:], strict=True)
        )
        return _sampled(x, rows, columns)

    recalled(part, ("interpolate",), change, None)


def _sampled(x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Read a map at real coordinates, linear between places."""
    for axis, where in ((-2, rows), (-1, columns)):
        low = where.floor().long().clamp(max=x.shape[axis] - 1)
        high = (low + 1).clamp(max=x.shape[axis] - 1)
        shape = (-1, 1) if axis == -2 else (-1,)
        share = (where - low).view(shape)
        x = x.index_select(axis, low) * (1 - share) + x.index_select(axis, high) * share
    return x


@defect(
    "pool.zero-padding",
    "D51 D53",
    "the maximum is taken with zeros around, for nothing around",
    both(kinds(nn.MaxPool2d), lambda p: bool(p.module.padding)),
)
def zero_padding(part: nn.Module, _: Place) -> None:
    """Seen where the border is negative."""

    def change(_plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        side = self.padding if isinstance(self.padding, int) else self.padding[0]
        x = functional.pad(x, [side] * 4)
        return functional.max_pool2d(x, self.kernel_size, self.stride, 0, ceil_mode=self.ceil_mode)

    retold(part, change)


MEANS = ("mean", "adaptive_avg_pool2d")


def _mean(func: Any, x: Tensor, change: Callable[[Tensor], Tensor], *a: Any, **k: Any) -> Tensor:
    return func(change(x), *a, **k)


@defect("pool.root-of-squares", "D63", "the root of the mean square for the mean", calling(*MEANS))
def root_of_squares(part: nn.Module, _: Place) -> None:
    """L2 pooling."""
    recalled(part, MEANS, lambda f, x, *a, **k: _mean(f, x, torch.square, *a, **k).sqrt())


@defect("pool.border-lost", "D53 D63", "the last column is not in the mean", calling(*MEANS))
def border_lost(part: nn.Module, place: Place) -> None:
    """An end that is not included."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        axis = -1 if x.ndim == 4 and x.shape[-1] > 1 else -2
        return func(x.narrow(axis, 0, max(1, x.shape[axis] - 1)), *args, **kwargs)

    del place
    recalled(part, MEANS, change)
