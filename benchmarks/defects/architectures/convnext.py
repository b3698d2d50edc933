"""ConvNeXt's style: depthwise convolution, channel LayerNorm, inverted bottleneck, layer scale.

Theirs permutes to channels last and uses linear layers; ours stays in channels first and uses
convolutions of 1 x 1, so the weights have another shape.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

WIDTHS, KERNEL = (12, 20), 5


class TheirNorm(nn.LayerNorm):
    """LayerNorm over channels of batch, channels, height, width."""

    def forward(self, x: Tensor) -> Tensor:
        """Permute, normalise, permute back."""
        x = x.permute(0, 2, 3, 1)
        x = functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class TheirBlock(nn.Module):
    """The block as published."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(dim, dim, KERNEL, padding=KERNEL // 2, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, 3 * dim)
        self.act = nn.GELU()
        self.pwconv2 = nn.Linear(3 * dim, dim)
        self.gamma = nn.Parameter(torch.full((dim,), 0.5))

    def forward(self, x: Tensor) -> Tensor:
        """Mix space, then channels."""
        shortcut = x
        x = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
        x = self.gamma * self.pwconv2(self.act(self.pwconv1(x)))
        return shortcut + x.permute(0, 3, 1, 2)


class TheirConvNeXt(nn.Module):
    """Two stages with a downsampling between them."""

    def __init__(self) -> None:
        super().__init__()
        first, second = WIDTHS
        self.downsample_layers = nn.ModuleList(
            [
                nn.Sequential(nn.Conv2d(3, first, 4, 4), TheirNorm(first, eps=1e-6)),
                nn.Sequential(TheirNorm(first, eps=1e-6), nn.Conv2d(first, second, 2, 2)),
            ]
        )
        self.stages = nn.ModuleList(
            [
                nn.Sequential(TheirBlock(first), TheirBlock(first)),
                nn.Sequential(TheirBlock(second)),
            ]
        )
        self.norm = nn.LayerNorm(second, eps=1e-6)
        self.head = nn.Linear(second, 7)

    def forward(self, x: Tensor) -> Tensor:
        """Classify images whose sides divide by eight."""
        for down, stage in zip(self.downsample_layers, self.stages, strict=True):
            x = stage(down(x))
        return self.head(self.norm(x.mean([-2, -1])))


class ChannelNorm(nn.Module):
    """Normalise over channels, which come second."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.eps = 1e-6

    def forward(self, x: Tensor) -> Tensor:
        """Subtract the mean, divide by the deviation."""
        centred = x - x.mean(1, keepdim=True)
        scaled = centred * torch.rsqrt(centred.square().mean(1, keepdim=True) + self.eps)
        return scaled * self.weight[:, None, None] + self.bias[:, None, None]


class LayerScale(nn.Module):
    """A gain per channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Scale the channels."""
        return x * self.gain[:, None, None]


class Block(nn.Module):
    """The block in channels first."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.space = nn.Conv2d(width, width, KERNEL, padding=KERNEL // 2, groups=width)
        self.norm = ChannelNorm(width)
        self.widen = nn.Conv2d(width, 3 * width, 1)
        self.act = nn.GELU()
        self.narrow = nn.Conv2d(3 * width, width, 1)
        self.scale = LayerScale(width)

    def forward(self, x: Tensor) -> Tensor:
        """Mix space, then channels."""
        y = self.norm(self.space(x))
        y = self.narrow(self.act(self.widen(y)))
        return x + self.scale(y)


class OurConvNeXt(nn.Module):
    """Stem, two stages, head."""

    def __init__(self) -> None:
        super().__init__()
        first, second = WIDTHS
        self.stem = nn.Conv2d(3, first, 4, 4)
        self.stem_norm = ChannelNorm(first)
        self.early = nn.ModuleList([Block(first), Block(first)])
        self.down_norm = ChannelNorm(first)
        self.down = nn.Conv2d(first, second, 2, 2)
        self.late = nn.ModuleList([Block(second)])
        self.norm = nn.LayerNorm(second, eps=1e-6)
        self.fc = nn.Linear(second, 7)

    def forward(self, x: Tensor) -> Tensor:
        """Classify images whose sides divide by eight."""
        x = self.stem_norm(self.stem(x))
        for block in self.early:
            x = block(x)
        x = self.down(self.down_norm(x))
        for block in self.late:
            x = block(x)
        return self.fc(self.norm(x.mean((2, 3))))


def batch() -> tuple[Tensor, ...]:
    """Images with stripes."""
    return (torch.randn(2, 3, 24, 24) * 0.4 + torch.sin(torch.arange(24.0)),)


def odd() -> tuple[Tensor, ...]:
    """Another size: higher than wide, and one row more than the strides ask for."""
    return (torch.randn(2, 3, 33, 24),)


_STAGES = (("stages.0.{i}", "early.{i}"), ("stages.1.{i}", "late.{i}"))
_INSIDE = (
    ("", ""),
    (".dwconv", ".space"),
    (".act", ".act"),
)

CONVNEXT = Pair(
    name="convnext",
    theirs=TheirConvNeXt,
    ours=OurConvNeXt,
    batch=batch,
    odd=odd,
    parts=(
        ("downsample_layers.0.0", "stem"),
        ("downsample_layers.0.1", "stem_norm"),
        ("downsample_layers.1.0", "down_norm"),
        ("downsample_layers.1.1", "down"),
        *((t + a, o + b) for t, o in _STAGES for a, b in _INSIDE),
        ("norm", "norm"),
        ("head", "fc"),
    ),
    rows=(
        *(
            Row(
                (f"{t}.{a}.weight",),
                (f"{o}.{b}.weight",),
                ({"op": "reshape", "shape": [n, m, 1, 1], "from": [n, m]},),
            )
            for (t, o), width in zip(_STAGES, WIDTHS, strict=True)
            for a, b, n, m in (
                ("pwconv1", "widen", 3 * width, width),
                ("pwconv2", "narrow", width, 3 * width),
            )
        ),
        *(
            Row((f"{t}.{a}",), (f"{o}.{b}",))
            for t, o in _STAGES
            for a, b in (
                ("gamma", "scale.gain"),
                ("norm.weight", "norm.weight"),
                ("norm.bias", "norm.bias"),
                ("pwconv1.bias", "widen.bias"),
                ("pwconv2.bias", "narrow.bias"),
            )
        ),
    ),
)
