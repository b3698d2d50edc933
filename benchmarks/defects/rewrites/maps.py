"""Convolve, pool and resize in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import both, calling, kinds
from benchmarks.defects.rewrites.rewrite import rewrite
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from benchmarks.defects.anatomy import Place


def conv2d(place: Place) -> bool:
    """Fit plain convolutions with zeros around."""
    part = place.module
    return (
        type(part) is nn.Conv2d
        and place.called > 0
        and part.padding_mode == "zeros"
        and isinstance(part.padding, tuple)
    )


@rewrite(
    "conv.unfold",
    "patches in columns, and one product",
    both(conv2d, lambda p: p.module.groups == 1),
)
def unfold(part: nn.Module, _: Place) -> None:
    """im2col."""

    def change(plain: Any, self: Any, x: Tensor) -> Tensor:
        shape = plain(x).shape
        columns = functional.unfold(x, self.kernel_size, self.dilation, self.padding, self.stride)
        y = self.weight.flatten(1) @ columns
        if self.bias is not None:
            y = y + self.bias[:, None]
        return y.view(shape)

    retold(part, change)


@rewrite("conv.channels-last", "memory in channels last", conv2d)
def channels_last(part: nn.Module, _: Place) -> None:
    """The same numbers, laid otherwise."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        return functional.conv2d(
            x.contiguous(memory_format=torch.channels_last),
            self.weight.contiguous(memory_format=torch.channels_last),
            self.bias,
            self.stride,
            self.padding,
            self.dilation,
            self.groups,
        )

    retold(part, change)


@rewrite(
    "conv.padded-before",
    "padded by a call of its own",
    both(conv2d, lambda p: any(p.module.padding)),
)
def padded_before(part: nn.Module, _: Place) -> None:
    """F.pad, then no padding."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        high, wide = self.padding
        x = functional.pad(x, (wide, wide, high, high))
        return functional.conv2d(
            x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups
        )

    retold(part, change)


@rewrite(
    "conv.loop-over-groups",
    "a convolution per group, put together",
    both(conv2d, lambda p: p.module.groups > 1),
)
def loop(part: nn.Module, _: Place) -> None:
    """Grouped as a loop."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        count = self.groups
        biases = self.bias.chunk(count) if self.bias is not None else [None] * count
        parts = zip(x.chunk(count, 1), self.weight.chunk(count), biases, strict=True)
        return torch.cat(
            [
                functional.conv2d(a, w, b, self.stride, self.padding, self.dilation)
                for a, w, b in parts
            ],
            dim=1,
        )

    retold(part, change)


@rewrite(
    "conv.pointwise-product",
    "a product over channels",
    both(
        conv2d,
        lambda p: (
            p.module.kernel_size == (1, 1) and p.module.groups == 1 and p.module.padding == (0, 0)
        ),
    ),
)
def pointwise(part: nn.Module, _: Place) -> None:
    """1 x 1 as einsum."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        x = x[..., :: self.stride[0], :: self.stride[1]]
        y = torch.einsum("bihw,oi->bohw", x, self.weight[..., 0, 0])
        return y if self.bias is None else y + self.bias[:, None, None]

    retold(part, change)


@rewrite(
    "conv.sum-of-channels",
    "half the channels at a time, added",
    both(conv2d, lambda p: p.module.groups == 1 and p.module.in_channels > 1),
)
def channel_halves(part: nn.Module, _: Place) -> None:
    """Another order of summation."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        cut = self.in_channels // 2
        rest = (self.stride, self.padding, self.dilation)
        one = functional.conv2d(x[:, :cut], self.weight[:, :cut], self.bias, *rest)
        return one + functional.conv2d(x[:, cut:], self.weight[:, cut:], None, *rest)

    retold(part, change)


@rewrite("pool.max-unfold", "the maximum over unfolded patches", kinds(nn.MaxPool2d))
def max_unfold(part: nn.Module, _: Place) -> None:
    """Padded with minus infinity."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        size = self.kernel_size if isinstance(self.kernel_size, int) else self.kernel_size[0]
        step = self.stride if isinstance(self.stride, int) else self.stride[0]
        side = self.padding if isinstance(self.padding, int) else self.padding[0]
        x = functional.pad(x, [side] * 4, value=-torch.inf)
        return x.unfold(2, size, step).unfold(3, size, step).amax((-2, -1))

    retold(part, change)


@rewrite(
    "pool.average-conv",
    "a depthwise convolution with equal weights",
    both(kinds(nn.AvgPool2d), lambda p: p.module.count_include_pad and not p.module.ceil_mode),
)
def average_conv(part: nn.Module, _: Place) -> None:
    """A kernel of 1 / n."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        size = self.kernel_size if isinstance(self.kernel_size, int) else self.kernel_size[0]
        kernel = x.new_full((x.shape[1], 1, size, size), 1 / size**2)
        return functional.conv2d(x, kernel, None, self.stride, self.padding, groups=x.shape[1])

    retold(part, change)


@rewrite("pool.global-sum", "a sum, divided by the count", calling("mean"))
def global_sum(part: nn.Module, _: Place) -> None:
    """Mean = sum / n."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        mean = func(x, *args, **kwargs)
        return torch.sum(x, *args, **kwargs) / (x.numel() // mean.numel())

    recalled(part, ("mean",), change, None)


@rewrite("pool.adaptive-mean", "the mean over both axes", kinds(nn.AdaptiveAvgPool2d))
def adaptive_mean(part: nn.Module, _: Place) -> None:
    """Where the output is one place."""

    def change(plain: Any, _self: Any, x: Tensor) -> Tensor:
        y = plain(x)
        return x.mean((2, 3), keepdim=True) if y.shape[-2:] == (1, 1) else y

    retold(part, change)


@rewrite("resize.repeat", "nearest by repeating rows and columns", calling("interpolate"))
def repeat(part: nn.Module, _: Place) -> None:
    """Where the factor is whole."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        y = func(x, *args, **kwargs)
        if kwargs.get("mode") != "nearest" or y.shape[-1] % x.shape[-1]:
            return y
        high, wide = y.shape[-2] // x.shape[-2], y.shape[-1] // x.shape[-1]
        return x.repeat_interleave(high, -2).repeat_interleave(wide, -1)

    recalled(part, ("interpolate",), change, None)


@rewrite(
    "conv-transpose.spread",
    "zeros between the places, and a convolution",
    both(kinds(nn.ConvTranspose2d), lambda p: p.module.groups == 1),
)
def spread(part: nn.Module, _: Place) -> None:
    """The kernel turned by half a turn."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        step, side = self.stride[0], self.kernel_size[0] - 1 - self.padding[0]
        b, c, h, w = x.shape
        wide = x.new_zeros(b, c, (h - 1) * step + 1, (w - 1) * step + 1)
        wide[..., ::step, ::step] = x
        kernel = self.weight.flip((2, 3)).transpose(0, 1)
        return functional.conv2d(wide, kernel, self.bias, padding=side)

    retold(part, change)
