"""A small network in two sizes, with everything that a full model may hold."""

import torch
from torch import nn

SIZES = {"twin": (8, 1), "full": (24, 3)}


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.mix = nn.Linear(width, width)
        self.act = nn.GELU()

    def forward(self, x):
        return x + self.act(self.mix(self.norm(x)))


class Net(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.stem = nn.Conv1d(3, width, 3, padding=1)
        self.bn = nn.BatchNorm1d(width)
        self.blocks = nn.ModuleList([Block(width) for _ in range(depth)])
        self.head = nn.Linear(width, 5)
        self.register_buffer("order", torch.arange(width - 1, -1, -1))
        self.register_buffer("far", torch.arange(60 * width).reshape(width, 60) % 7)

    def forward(self, x):
        h = self.bn(self.stem(x))[:, self.order].transpose(1, 2)
        for block in self.blocks:
            h = block(h)
        return self.head(h) + 0.001 * self.far.sum()


def build(size="twin"):
    return Net(*SIZES[size])


def example_batch():
    return (torch.linspace(-1, 1, 3 * 3 * 10).reshape(3, 3, 10),), torch.zeros(3)
