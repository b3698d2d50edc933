"""A small image classifier: convolution, BatchNorm, ReLU, pooling, and one fully connected layer.

Theirs is one long Sequential, ours has a module per stage; layers are numbered on one side only.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair


class TheirNet(nn.Module):
    """Features in one Sequential, as in the first days of torchvision."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(8, eps=1e-3),
            nn.ReLU(inplace=True),
            nn.Conv2d(8, 8, 3, padding=1, bias=False),
            nn.BatchNorm2d(8, eps=1e-3),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.BatchNorm2d(16, eps=1e-3),
            nn.ReLU(inplace=True),
            nn.AvgPool2d(3, stride=2, padding=1),
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(16 * 9, 10))

    def forward(self, x: Tensor) -> Tensor:
        """Classify images of 3 x 20 x 20."""
        return self.classifier(torch.flatten(self.features(x), 1))


class Stage(nn.Module):
    """Convolution, normalisation, activation."""

    def __init__(self, width: int, out: int, *, stride: int = 1, bias: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, out, 3, stride, 1, bias=bias)
        self.norm = nn.BatchNorm2d(out, eps=1e-3)
        self.act = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Run the three in this order."""
        return self.act(self.norm(self.conv(x)))


class OurNet(nn.Module):
    """A module per stage, pooling between them."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Stage(3, 8, stride=2)
        self.body = Stage(8, 8)
        self.shrink = nn.MaxPool2d(3, 2, 1)
        self.top = Stage(8, 16, bias=True)
        self.pool = nn.AvgPool2d(3, 2, 1)
        self.fc = nn.Linear(16 * 9, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Classify images of 3 x 20 x 20."""
        x = self.shrink(self.body(self.stem(x)))
        x = self.pool(self.top(x))
        x = x.flatten(1)
        return self.fc(functional.dropout(x, 0.2, training=self.training))


def batch() -> tuple[Tensor, ...]:
    """Smooth images with noise on them."""
    waves = torch.sin(torch.linspace(0, 6, 20))
    return (torch.randn(3, 3, 20, 20) * 0.3 + waves[:, None] * waves + 0.2,)


CONVNET = Pair(
    name="convnet",
    theirs=TheirNet,
    ours=OurNet,
    batch=batch,
    parts=(
        ("features.0", "stem.conv"),
        ("features.1", "stem.norm"),
        ("features.2", "stem.act"),
        ("features.3", "body.conv"),
        ("features.4", "body.norm"),
        ("features.5", "body.act"),
        ("features.6", "shrink"),
        ("features.7", "top.conv"),
        ("features.8", "top.norm"),
        ("features.9", "top.act"),
        ("features.10", "pool"),
        ("classifier.1", "fc"),
    ),
)
