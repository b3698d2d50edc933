"""The residual network: a stem, four stages of blocks, a mean, a linear head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from .basic_block import BasicBlock
from .select_adaptive_pool2d import SelectAdaptivePool2d

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

STEM = 64
"""Channels of the stem: the reference fixes them, whatever `stem_width` says (that is for deep stems)."""


class ResNet(nn.Module):
    """He et al. 2015, section 4: every stage but the first halves the image in its first block.

    Stands for `timm.models.resnet:ResNet`.

    Args:
        layers: Blocks of each of the four stages.
        channels: Channels of each stage.
        in_chans: Channels of the image.
        num_classes: Scores that come out.
    """

    def __init__(
        self,
        layers: Sequence[int],
        channels: Sequence[int],
        in_chans: int,
        num_classes: int,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_chans, STEM, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(STEM)
        self.act1 = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        widths = (STEM, *channels)
        self.layer1, self.layer2, self.layer3, self.layer4 = (
            stage(widths[place], widths[place + 1], blocks=blocks, stride=1 if place == 0 else 2)
            for place, blocks in enumerate(layers)
        )
        self.global_pool = SelectAdaptivePool2d()
        self.fc = nn.Linear(channels[-1], num_classes)
        self._start()

    def forward(self, x: Tensor) -> Tensor:
        """[B, in_chans, H, W] -> [B, num_classes]."""
        x = self.maxpool(self.act1(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.global_pool(x))

    def _start(self) -> None:
        """Draw convolutions for ReLU; every block begins as its shortcut (Goyal et al. 2017, section 5.1)."""
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
            if isinstance(part, BasicBlock):
                nn.init.zeros_(part.bn2.weight)


def stage(inplanes: int, planes: int, *, blocks: int, stride: int) -> nn.Sequential:
    """Build the blocks of one stage; the first takes on the channels and the stride."""
    shortcut = None
    if stride != 1 or inplanes != planes:
        shortcut = nn.Sequential(
            nn.Conv2d(inplanes, planes, 1, stride=stride, bias=False), nn.BatchNorm2d(planes)
        )
    first = BasicBlock(inplanes, planes, stride, shortcut)
    return nn.Sequential(first, *(BasicBlock(planes, planes, 1, None) for _ in range(blocks - 1)))
