"""The block of the shallow residual networks: two 3x3 convolutions beside a shortcut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


class BasicBlock(nn.Module):
    """Convolution, norm, ReLU, convolution, norm; the shortcut is added, then ReLU (He et al. 2015, figure 2).

    Stands for `timm.models.resnet:BasicBlock`.

    Args:
        inplanes: Channels that come in.
        planes: Channels of both convolutions, and those that go out.
        stride: Of the first convolution.
        downsample: What the shortcut goes through where shapes change; None for nothing.
    """

    def __init__(
        self, inplanes: int, planes: int, stride: int, downsample: nn.Module | None
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.act1 = nn.ReLU()
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.act2 = nn.ReLU()
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        """[B, inplanes, H, W] -> [B, planes, H / stride, W / stride]."""
        shortcut = x if self.downsample is None else self.downsample(x)
        inner = self.act1(self.bn1(self.conv1(x)))
        return self.act2(self.bn2(self.conv2(inner)) + shortcut)
