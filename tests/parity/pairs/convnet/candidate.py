"""Ours: the same network, its convolutions as matrices over windows, nothing in place."""

import torch
from torch import nn
from torch.nn import functional as fn


class Conv(nn.Module):
    def __init__(self, into, out, *, bias=False):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out, into, 3, 3) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out)) if bias else None

    def forward(self, x):
        windows = fn.unfold(x, 3, padding=1)
        y = self.weight.flatten(1) @ windows
        y = y.unflatten(-1, x.shape[-2:])
        return y if self.bias is None else y + self.bias[:, None, None]


class Scale(nn.Module):
    def __init__(self, wide, eps=1e-5):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(wide))
        self.shift = nn.Parameter(torch.zeros(wide))
        self.register_buffer("mean", torch.zeros(wide))
        self.register_buffer("var", torch.ones(wide))
        self.eps = eps

    def forward(self, x):
        gain = self.gain / torch.sqrt(self.var + self.eps)
        x = x - self.mean[:, None, None]
        return x * gain[:, None, None] + self.shift[:, None, None]


class Unit(nn.Module):
    def __init__(self, wide):
        super().__init__()
        self.conv1, self.scale1 = Conv(wide, wide), Scale(wide)
        self.conv2, self.scale2 = Conv(wide, wide), Scale(wide)

    def forward(self, x):
        y = fn.relu(self.scale1(self.conv1(x)))
        y = self.scale2(self.conv2(y))
        y = y + x
        return fn.relu(y)


class Ours(nn.Module):
    def __init__(self, wide=8, units=2):
        super().__init__()
        self.stem = Conv(3, wide, bias=True)
        self.units = nn.ModuleList(Unit(wide) for _ in range(units))
        self.mix = nn.Linear(wide, wide)
        self.head = nn.Linear(wide, 5)

    def forward(self, images):
        x = fn.relu(self.stem(images))
        x = fn.max_pool2d(x, 2)
        for unit in self.units:
            x = unit(x)
        x = self.mix(x.mean((2, 3)))
        return self.head(x)


def build(size="twin"):
    return Ours(units=2 if size == "twin" else 3)
