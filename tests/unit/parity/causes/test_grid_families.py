"""Causes at borders and between the points of a grid."""

import pytest
import torch
from torch import nn
from torch.nn import functional

ODD, EVEN = [(2, 3, 7, 7)], [(2, 3, 8, 8)]


def conv(size=3, **settings):
    return lambda _: nn.Conv2d(3, 4, size, **settings)


def written_conv(change=lambda x: x, size=3, **settings):
    return lambda w: w(
        lambda s, x: functional.conv2d(change(x), s.kernel, s.shift, **settings),
        kernel=(4, 3, size, size),
        shift=(4,),
    )


def alone(module):
    return lambda _: module


def function(call):
    return lambda w: w(lambda _, x: call(x))


def padded(*widths, mode="constant"):
    return lambda x: functional.pad(x, widths, mode)


class Strided(nn.Module):
    """Two convolutions of a bottleneck."""

    def __init__(self, first, second):
        super().__init__()
        self.one = nn.Conv2d(3, 4, 1, stride=first)
        self.three = nn.Conv2d(4, 4, 3, stride=second, padding=1)

    def forward(self, x):
        return self.three(self.one(x).relu())


def resized(**settings):
    return function(lambda x: functional.interpolate(x, **settings))


CASES = {
    "stride": ("stride", conv(stride=1, padding=1), conv(stride=2, padding=1), EVEN),
    "stride, written": ("stride", written_conv(stride=2), written_conv(), ODD),
    "stride, transposed": (
        "stride",
        lambda _: nn.ConvTranspose2d(3, 4, 2, stride=2),
        lambda _: nn.ConvTranspose2d(3, 4, 2, stride=1),
        EVEN,
    ),
    "window": ("stride", alone(nn.MaxPool2d(3, 2, 1)), alone(nn.MaxPool2d(2, 2)), EVEN),
    "padding, module": (
        "padding",
        written_conv(padded(0, 1, 0, 1), stride=2),
        written_conv(stride=2, padding=1),
        EVEN,
    ),
    "padding, pad": (
        "padding",
        written_conv(padded(1, 1, 1, 1), stride=2),
        written_conv(padded(0, 1, 0, 1), stride=2),
        EVEN,
    ),
    "padding, pool": (
        "padding",
        function(
            lambda x: functional.max_pool2d(functional.pad(x, (0, 1, 0, 1), value=-torch.inf), 3, 2)
        ),
        alone(nn.MaxPool2d(3, 2, 1)),
        EVEN,
    ),
    "padding-mode, module": (
        "padding-mode",
        conv(padding=1, padding_mode="reflect"),
        conv(padding=1),
        ODD,
    ),
    "padding-mode, pad": (
        "padding-mode",
        written_conv(padded(1, 1, 1, 1, mode="replicate")),
        written_conv(padded(1, 1, 1, 1)),
        ODD,
    ),
    "ceil-mode, module": (
        "ceil-mode",
        lambda _: nn.Sequential(nn.MaxPool2d(2, ceil_mode=True), nn.AdaptiveAvgPool2d(1)),
        lambda _: nn.Sequential(nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1)),
        ODD,
    ),
    "ceil-mode, function": (
        "ceil-mode",
        function(lambda x: functional.avg_pool2d(x, 2, ceil_mode=True)),
        function(lambda x: functional.avg_pool2d(x, 2)),
        ODD,
    ),
    "count-include-pad, module": (
        "count-include-pad",
        alone(nn.AvgPool2d(3, 1, 1, count_include_pad=False)),
        alone(nn.AvgPool2d(3, 1, 1)),
        ODD,
    ),
    "count-include-pad, function": (
        "count-include-pad",
        function(lambda x: functional.avg_pool2d(x, 3, 1, 1)),
        function(lambda x: functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)),
        ODD,
    ),
    "pool-kind, module": ("pool-kind", alone(nn.AvgPool2d(2)), alone(nn.MaxPool2d(2)), EVEN),
    "pool-kind, adaptive": (
        "pool-kind",
        function(lambda x: functional.adaptive_max_pool2d(x, 2)),
        function(lambda x: functional.adaptive_avg_pool2d(x, 2)),
        EVEN,
    ),
    "align-corners, module": (
        "align-corners",
        alone(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)),
        alone(nn.Upsample(scale_factor=2, mode="bilinear")),
        ODD,
    ),
    "align-corners, function": (
        "align-corners",
        resized(size=(5, 5), mode="bilinear"),
        resized(size=(5, 5), mode="bilinear", align_corners=True),
        ODD,
    ),
    "resize, mode": (
        "resize",
        resized(scale_factor=2, mode="bicubic"),
        resized(scale_factor=2, mode="bilinear"),
        ODD,
    ),
    "resize, antialias": (
        "resize",
        resized(size=(4, 4), mode="bilinear", antialias=True),
        resized(size=(4, 4), mode="bilinear"),
        ODD,
    ),
    "dilation, module": ("dilation", conv(padding=2, dilation=2), conv(padding=1), ODD),
    "dilation, function": (
        "dilation",
        written_conv(padding=1),
        written_conv(padding=3, dilation=3),
        ODD,
    ),
    "stride-place, modules": (
        "stride-place",
        lambda _: Strided(1, 2),
        lambda _: Strided(2, 1),
        EVEN,
    ),
    "stride-place, function": (
        "stride-place",
        lambda w: w(
            lambda s, x: functional.conv2d(functional.conv2d(x, s.a), s.b, stride=2, padding=1),
            a=(4, 3, 1, 1),
            b=(4, 4, 3, 3),
        ),
        lambda w: w(
            lambda s, x: functional.conv2d(functional.conv2d(x, s.a, stride=2), s.b, padding=1),
            a=(4, 3, 1, 1),
            b=(4, 4, 3, 3),
        ),
        EVEN,
    ),
    "pixel-shuffle, module": (
        "pixel-shuffle",
        function(
            lambda x: functional.pixel_shuffle(
                x.reshape(-1, 4, 2, 4, 4).transpose(1, 2).reshape(-1, 8, 4, 4), 2
            )
        ),
        alone(nn.PixelShuffle(2)),
        [(2, 8, 4, 4)],
    ),
    "pixel-shuffle, function": (
        "pixel-shuffle",
        function(
            lambda x: functional.pixel_shuffle(
                x.reshape(-1, 4, 2, 4, 4).transpose(1, 2).reshape(-1, 8, 4, 4), 2
            )
        ),
        function(lambda x: functional.pixel_shuffle(x, 2)),
        [(2, 8, 4, 4)],
    ),
    "shift, function": (
        "shift",
        function(lambda x: torch.roll(x, (2, 2), (2, 3)) * torch.arange(8)),
        function(lambda x: torch.roll(x, (-2, -2), (2, 3)) * torch.arange(8)),
        EVEN,
    ),
    "shift, method": (
        "shift",
        function(lambda x: x.roll(1, 2) * torch.arange(8)),
        function(lambda x: x.roll(2, 2) * torch.arange(8)),
        EVEN,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_on_a_grid_is_named(name, diagnose):
    expected, *case = CASES[name]

    found = diagnose(*case)

    assert [fit.hypothesis for fit in found.fits] == [expected], found.sentences
