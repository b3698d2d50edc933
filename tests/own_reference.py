"""A reference of our own with classes to be written, as the text of its file."""

NET = """\
import torch
from torch import nn


class Gate(nn.Module):
    def __init__(self, width, *, slope=1.0):
        super().__init__()
        self.slope = slope
        self.scale = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.sigmoid(self.slope * x) * self.scale[:, None, None]


class Block(nn.Module):
    def __init__(self, width, norm_layer=nn.BatchNorm2d):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.norm = norm_layer(width)
        self.gate = Gate(width)

    def forward(self, x):
        return x + self.gate(self.norm(self.conv(x)))


class Net(nn.Module):
    def __init__(self, width=8, depth=2, classes=5):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.Sequential(*(Block(width) for _ in range(depth)))
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


class Words(nn.Module):
    def __init__(self, words=30, width=8):
        super().__init__()
        self.table = nn.Embedding(words, width)
        self.head = nn.Linear(width, words)

    def forward(self, ids):
        return self.head(self.table(ids))


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(4, 3), nn.Linear(5, 3)

    def forward(self, a, b):
        return self.left(a) + self.right(b)


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.only = nn.Linear(4, 3)

    def forward(self, pair):
        return self.only(pair["x"])
"""
