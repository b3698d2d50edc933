"""Convolve, pool and shuffle wrongly, and lay kernels out as another framework reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import Defect, both, calling, defect, kinds
from benchmarks.defects.tamper import loaded, recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

IMAGE = kinds(nn.Conv2d)


def _kernel(
    id: str,
    rows: str,
    does: str,
    fits: Callable[[Place], bool],
    rule: Callable[[Tensor], Tensor],
) -> Defect:
    def plant(part: nn.Module, _: Place) -> None:
        loaded(part, lambda own: {"weight": rule(own["weight"]).contiguous()})

    return defect(id, rows, does, fits)(plant)


def wide(place: Place) -> bool:
    """Fit kernels of more than one place."""
    return max(place.module.kernel_size) > 1


def patches(place: Place) -> bool:
    """Fit convolutions that look at each place once."""
    part = place.module
    return part.kernel_size == part.stride and part.in_channels > 1


RESHAPED = _kernel(
    "kernel.reshaped", "D159", "a kernel of rows, columns, channels is reshaped, not permuted",
    both(IMAGE, wide, lambda p: p.module.groups == 1),
    lambda w: w.permute(2, 3, 1, 0).reshape(w.shape),
)  # fmt: skip
DEPTHWISE = _kernel(
    "kernel.depthwise-reshaped", "D163", "a depthwise kernel with channels last is reshaped",
    both(kinds(nn.Conv1d, nn.Conv2d), wide, lambda p: p.module.groups == p.module.in_channels > 1),
    lambda w: w.movedim(0, -1).reshape(w.shape),
)  # fmt: skip
PATCHES = _kernel(
    "kernel.patch-order", "D52 D159", "the pixels of a patch are read with their channels last",
    both(IMAGE, wide, patches), lambda w: w.permute(0, 2, 3, 1).reshape(w.shape),
)  # fmt: skip


@defect(
    "conv.outputs-dealt",
    "D163",
    "the outputs of a group lie apart: multiplier before group",
    both(IMAGE, lambda p: p.module.groups > 1 and p.module.out_channels > p.module.groups),
)
def outputs_dealt(part: nn.Module, _: Place) -> None:
    """(multiplier, group) for (group, multiplier)."""

    def change(plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        return plain(x).unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)

    retold(part, change)


@defect(
    "conv.stride-averaged",
    "D70",
    "every place is convolved and neighbours are averaged, for a stride",
    both(IMAGE, lambda p: p.module.stride == (2, 2) and wide(p)),
)
def stride_averaged(part: nn.Module, _: Place) -> None:
    """The antialiased variant under the plain name."""

    def change(plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        wanted = plain(x)
        y = functional.conv2d(
            x, self.weight, self.bias, 1, self.padding, self.dilation, self.groups
        )
        return functional.adaptive_avg_pool2d(y, wanted.shape[-2:])

    retold(part, change)


@defect(
    "conv.dilation-one-axis",
    "D69",
    "dilated along one axis alone",
    both(IMAGE, wide, lambda p: min(p.module.dilation) > 1 and p.module.padding != "same"),
)
def one_axis(part: Any, _: Place) -> None:
    """(1, 2) for (2, 2); the padding follows."""
    part.padding = (part.padding[0] // part.dilation[0], part.padding[1])
    part.dilation = (1, part.dilation[1])


@defect(
    "conv.padding-doubled",
    "D51",
    "padded by a call and by the layer, then cut to size",
    both(
        kinds(nn.Conv1d, nn.Conv2d),
        wide,
        lambda p: p.module.padding != "same" and any(p.module.padding),
    ),
)
def padding_doubled(part: nn.Module, _: Place) -> None:
    """The top left of the larger map is kept."""

    def change(plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        wanted = plain(x).shape
        sides = [n for n in reversed(self.padding) for _ in range(2)]
        y = plain(functional.pad(x, sides))
        return y[..., : wanted[-1]] if y.ndim == 3 else y[..., : wanted[-2], : wanted[-1]]

    retold(part, change)


def _three_by_two(place: Place) -> bool:
    part = place.module
    sizes = (part.kernel_size, part.stride, part.padding)
    return sizes in {(3, 2, 1), ((3, 3), (2, 2), (1, 1))}


@defect(
    "pool.smaller-window", "D69", "a window of 2 for one of 3, with the same stride",
    both(kinds(nn.MaxPool2d, nn.AvgPool2d), _three_by_two),
)  # fmt: skip
def smaller_window(part: Any, _: Place) -> None:
    """No padding is needed then; odd maps are rounded up as before."""
    part.kernel_size, part.padding, part.ceil_mode = 2, 0, True


@defect(
    "pool.same-padding", "D51", "a strided window is padded behind alone, as SAME does",
    both(kinds(nn.MaxPool2d), _three_by_two),
)  # fmt: skip
def same_padding(part: nn.Module, _: Place) -> None:
    """(0, 1) for (1, 1)."""

    def change(_plain: Callable[..., Tensor], _self: Any, x: Tensor) -> Tensor:
        sides = [side for n in (x.shape[-1], x.shape[-2]) for side in (n % 2, 1)]
        return functional.max_pool2d(functional.pad(x, sides, value=-torch.inf), 3, 2)

    retold(part, change)


@defect(
    "pool.first-of-window", "D69", "the first of each window for its maximum or mean",
    both(
        kinds(nn.MaxPool2d, nn.AvgPool2d),
        lambda p: p.module.stride in {2, (2, 2)} and not p.module.ceil_mode,
    ),
)  # fmt: skip
def first_of_window(part: nn.Module, _: Place) -> None:
    """A slice with a step."""

    def change(plain: Callable[..., Tensor], _self: Any, x: Tensor) -> Tensor:
        wanted = plain(x).shape
        return x[..., ::2, ::2][..., : wanted[-2], : wanted[-1]]

    retold(part, change)


def _averages_tokens(place: Place) -> bool:
    tokens = any(len(shape) in {3, 4} for shape in place.given)
    return place.calls_any("mean") and tokens and not place.calls_any("rsqrt")


@defect("pool.mean-without-first", "D63", "the mean leaves the first token out", _averages_tokens)
def without_first(part: nn.Module, _: Place) -> None:
    """x[:, 1:].mean(1) where there is no class token."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        dim = kwargs.get("dim", args[0] if args else None)
        if x.ndim == 3 and dim in {1, -2, (1,)} and x.shape[1] > 1:
            return func(x[:, 1:], *args, **kwargs)
        return func(x, *args, **kwargs)

    recalled(part, ("mean",), change)


@defect(
    "shuffle.forgotten", "D72", "channels are viewed in groups and not shuffled",
    both(calling("transpose"), calling("view", "reshape"), calling("chunk", "split", "cat"),
         lambda p: bool(p.given) and len(p.given[0]) == 4),
)  # fmt: skip
def unshuffled(part: nn.Module, _: Place) -> None:
    """The transpose is left out, the view back is not."""

    def change(func: Any, x: Tensor, *axes: Any) -> Tensor:
        return x * 1.0 if x.ndim == 5 else func(x, *axes)

    recalled(part, ("transpose",), change)


@defect(
    "resize.tiled",
    "D20 D72",
    "a map is tiled for enlarged: 0 1 0 1 for 0 0 1 1",
    calling("interpolate"),
)
def tiled(part: nn.Module, _: Place) -> None:
    """Repeat for repeat_interleave, where the factor is whole."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        y = func(x, *args, **kwargs)
        times = [new // old for new, old in zip(y.shape, x.shape, strict=True)]
        return x.repeat(times) if x.repeat(times).shape == y.shape else y

    recalled(part, ("interpolate",), change)
