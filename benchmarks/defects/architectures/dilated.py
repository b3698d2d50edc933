"""A residual network with grouped and dilated bottlenecks, as segmentation backbones have them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair


class TheirBottleneck(nn.Module):
    """1 x 1, 3 x 3 with the stride, 1 x 1."""

    def __init__(self, width: int, inner: int, out: int, stride: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(
            inner, inner, 3, stride, dilation, dilation=dilation, groups=2, bias=False
        )
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or width != out:
            self.downsample = nn.Sequential(
                nn.Conv2d(width, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Add the branch to the shortcut."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class TheirNet(nn.Module):
    """Stem and three bottlenecks, the last of them dilated."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 5, 2, 2, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(TheirBottleneck(8, 6, 16, 1, 1))
        self.layer2 = nn.Sequential(
            TheirBottleneck(16, 8, 24, 2, 1), TheirBottleneck(24, 8, 24, 1, 2)
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(24, 5)

    def forward(self, x: Tensor) -> Tensor:
        """Classify images."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.avgpool(self.layer2(self.layer1(x)))
        return self.fc(torch.flatten(x, 1))


class Unit(nn.Module):
    """Convolution and normalisation, with or without the activation."""

    def __init__(self, conv: nn.Conv2d, *, active: bool = True) -> None:
        super().__init__()
        self.conv = conv
        self.norm = nn.BatchNorm2d(conv.out_channels)
        self.active = active

    def forward(self, x: Tensor) -> Tensor:
        """Run them."""
        x = self.norm(self.conv(x))
        return functional.relu(x) if self.active else x


class Residual(nn.Module):
    """Three units and a shortcut that is a unit where the shape changes."""

    def __init__(self, width: int, inner: int, out: int, stride: int, dilation: int) -> None:
        super().__init__()
        wide = nn.Conv2d(
            inner,
            inner,
            3,
            stride=stride,
            padding=dilation,
            dilation=dilation,
            groups=2,
            bias=False,
        )
        self.reduce = Unit(nn.Conv2d(width, inner, 1, bias=False))
        self.look = Unit(wide)
        self.expand = Unit(nn.Conv2d(inner, out, 1, bias=False), active=False)
        self.shortcut = nn.Identity()
        if stride != 1 or width != out:
            self.shortcut = Unit(nn.Conv2d(width, out, 1, stride, bias=False), active=False)

    def forward(self, x: Tensor) -> Tensor:
        """Add the branch to the shortcut."""
        branch = self.expand(self.look(self.reduce(x)))
        return functional.relu(branch + self.shortcut(x))


class OurNet(nn.Module):
    """Stem, residuals in one list, head."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Unit(nn.Conv2d(3, 8, 5, stride=2, padding=2, bias=False))
        self.pool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.residuals = nn.Sequential(
            Residual(8, 6, 16, 1, 1), Residual(16, 8, 24, 2, 1), Residual(24, 8, 24, 1, 2)
        )
        self.head = nn.Linear(24, 5)

    def forward(self, x: Tensor) -> Tensor:
        """Classify images."""
        x = self.residuals(self.pool(self.stem(x)))
        return self.head(x.mean(dim=(2, 3)))


def batch() -> tuple[Tensor, ...]:
    """Images with a corner that is brighter."""
    x = torch.randn(2, 3, 34, 34) * 0.6
    x[..., :12, 15:] += 1.0
    return (x,)


def odd() -> tuple[Tensor, ...]:
    """Sides that no stride divides."""
    return (torch.randn(2, 3, 37, 29),)


_BLOCKS = (
    ("layer1.0", "residuals.0"),
    ("layer2.0", "residuals.1"),
    ("layer2.1", "residuals.2"),
)
_INSIDE = (
    ("", ""),
    (".conv1", ".reduce.conv"),
    (".bn1", ".reduce.norm"),
    (".conv2", ".look.conv"),
    (".bn2", ".look.norm"),
    (".conv3", ".expand.conv"),
    (".bn3", ".expand.norm"),
    (".downsample", ".shortcut"),
    (".downsample.0", ".shortcut.conv"),
    (".downsample.1", ".shortcut.norm"),
)

DILATED = Pair(
    name="dilated",
    theirs=TheirNet,
    ours=OurNet,
    batch=batch,
    odd=odd,
    parts=(
        ("conv1", "stem.conv"),
        ("bn1", "stem.norm"),
        ("maxpool", "pool"),
        *((t + a, o + b) for t, o in _BLOCKS for a, b in _INSIDE),
        ("fc", "head"),
    ),
)
