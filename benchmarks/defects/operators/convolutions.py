"""Convolve wrongly: padding, stride, dilation, groups, bias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import both, defect, kinds
from benchmarks.defects.tamper import retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

CONV = kinds(nn.Conv1d, nn.Conv2d)
PADDED = both(
    CONV, lambda place: isinstance(place.module.padding, tuple) and any(place.module.padding)
)
STRIDED = both(PADDED, lambda place: max(place.module.stride) > 1)


@defect("conv.same-padding", "D51", "pads behind first, as TensorFlow's SAME does", STRIDED)
def same_padding(part: Any, _: Place) -> None:
    """(0, 1) for (1, 1) on each axis."""

    def change(_plain: Callable[..., Any], self: Any, x: Tensor) -> Tensor:
        sides: list[int] = []
        for padding in reversed(self.padding):
            sides += [padding - 1, padding + 1]
        x = functional.pad(x, sides)
        conv = functional.conv1d if x.ndim == 3 else functional.conv2d
        return conv(x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)

    retold(part, change)


@defect("conv.padding-reflect", "D51", "pads with the reflection for zeros", PADDED)
def reflect(part: Any, _: Place) -> None:
    """An attribute of the layer."""
    part.padding_mode = "reflect" if part.padding_mode != "reflect" else "zeros"


@defect("conv.padding-replicate", "D51", "pads with the border for theirs", PADDED)
def replicate(part: Any, _: Place) -> None:
    """An attribute of the layer."""
    part.padding_mode = "replicate"


@defect("conv.padding-circular", "D51", "pads around the other end", PADDED)
def circular(part: Any, _: Place) -> None:
    """An attribute of the layer."""
    part.padding_mode = "circular"


@defect(
    "conv.dilation-dropped",
    "D69",
    "no dilation, same size of the output",
    both(PADDED, lambda place: max(place.module.dilation) > 1),
)
def dilation_dropped(part: Any, _: Place) -> None:
    """Padding follows, so that shapes agree."""
    part.padding = tuple(p // d for p, d in zip(part.padding, part.dilation, strict=True))
    part.dilation = tuple(1 for _ in part.dilation)


@defect(
    "conv.dilation-added",
    "D69",
    "dilated by two, same size of the output",
    both(
        PADDED, lambda place: max(place.module.dilation) == 1 and min(place.module.kernel_size) > 1
    ),
)
def dilation_added(part: Any, _: Place) -> None:
    """Padding follows, so that shapes agree."""
    part.padding = tuple(
        p + (k - 1) // 2 for p, k in zip(part.padding, part.kernel_size, strict=True)
    )
    part.dilation = tuple(2 for _ in part.dilation)


@defect(
    "conv.groups-interleaved",
    "D69 D163",
    "channels are dealt to groups in turn",
    both(CONV, lambda place: 1 < place.module.groups < place.module.in_channels),
)
def groups_interleaved(part: Any, _: Place) -> None:
    """Channel 0, g, 2g for channel 0, 1, 2."""

    def change(plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        return plain(x.unflatten(1, (-1, self.groups)).transpose(1, 2).flatten(1, 2))

    retold(part, change)


@defect(
    "conv.bias-ignored",
    "D66",
    "the bias is not added",
    both(
        kinds(nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear),
        lambda place: place.module.bias is not None,
    ),
    cause="bias.ignored",
)
def bias_ignored(part: Any, place: Place) -> None:
    """As if bias=False."""
    shape = (-1, *[1] * (len(place.made) - 2)) if not isinstance(part, nn.Linear) else (-1,)

    def change(plain: Callable[..., Tensor], self: Any, x: Tensor, *rest: Any) -> Tensor:
        return plain(x, *rest) - self.bias.view(shape)

    retold(part, change)


@defect("conv.shifted", "D24 D51", "the output is shifted by one place", CONV)
def shifted(part: Any, _: Place) -> None:
    """The window begins one place later."""

    def change(plain: Callable[..., Tensor], _self: Any, x: Tensor) -> Tensor:
        return plain(x.roll(-1, dims=-1))

    retold(part, change)


def _first_two(part: nn.Module) -> tuple[Any, Any]:
    for one, two in (("conv1", "conv2"), ("reduce.conv", "look.conv")):
        try:
            first, second = part.get_submodule(one), part.get_submodule(two)
        except AttributeError:
            continue
        if (
            isinstance(first, nn.Conv2d)
            and isinstance(second, nn.Conv2d)
            and first.kernel_size == (1, 1)
        ):
            return first, second
    return None, None


def _names_of_two(place: Place) -> tuple[str, ...]:
    wanted = _first_two(place.module)
    return tuple(
        f"{place.path}.{name}" for name, module in place.module.named_modules() if module in wanted
    )


def _moves_stride(place: Place) -> bool:
    first, second = _first_two(place.module)
    return second is not None and max(second.stride) > 1 and max(first.stride) == 1


@defect(
    "conv.stride-in-1x1",
    "D61",
    "the stride stands in the 1 x 1 convolution (v1) for the 3 x 3 (v1.5)",
    _moves_stride,
    names=_names_of_two,
)
def stride_early(part: nn.Module, _: Place) -> None:
    """Two convolutions of one bottleneck change."""
    first, second = _first_two(part)
    first.stride, second.stride = second.stride, first.stride
