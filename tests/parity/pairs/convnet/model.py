"""Theirs: a small residual network with operations in place and one part called twice."""

from torch import nn


class Unit(nn.Module):
    def __init__(self, wide):
        super().__init__()
        self.conv1 = nn.Conv2d(wide, wide, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(wide)
        self.conv2 = nn.Conv2d(wide, wide, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(wide)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += x
        return self.relu(y)


class Reference(nn.Module):
    def __init__(self, wide=8, units=2):
        super().__init__()
        self.stem = nn.Conv2d(3, wide, 3, padding=1)
        self.act = nn.ReLU(inplace=True)
        self.down = nn.MaxPool2d(2)
        self.units = nn.Sequential(*(Unit(wide) for _ in range(units)))
        self.mix = nn.Linear(wide, wide)
        self.head = nn.Linear(wide, 5)

    def forward(self, images):
        x = self.units(self.down(self.act(self.stem(images))))
        x = self.mix(x.mean((2, 3)))
        return self.head(x)
