"""A reference with everything that differs in training: statistics, dropout, depth, a head."""

import torch
from torch import nn


class Depth(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        if not self.training or not self.rate:
            return x
        keep = 1 - self.rate
        return x * x.new_empty(len(x), 1, 1).bernoulli_(keep) / keep


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.dropped = nn.Dropout(0.25)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (q, k, v))
        weights = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1)
        return self.out((self.dropped(weights) @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, width, rate):
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.attention = Attention(width, 2)
        self.depth = Depth(rate)
        self.up = nn.Linear(width, 2 * width)
        self.act = nn.GELU()
        self.drop = nn.Dropout(0.1)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x):
        x = x + self.depth(self.attention(self.norm(x)))
        return x + self.depth(self.down(self.drop(self.act(self.up(x)))))


class Theirs(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 2, 2)
        self.bn = nn.BatchNorm2d(width)
        self.blocks = nn.Sequential(Block(width, 0.0), Block(width, 0.3))
        self.head = nn.Linear(width, 5)
        self.side = nn.Linear(width, 5)

    def forward(self, x):
        tokens = self.bn(self.stem(x)).flatten(2).mT
        tokens = self.blocks(tokens)
        found = self.head(tokens.mean(1))
        if self.training:
            return found, self.side(tokens[:, 0])
        return found


def build(size="twin"):
    return Theirs(8 if size == "twin" else 16)


def example_batch():
    draw = torch.Generator().manual_seed(3)
    return (torch.randn(4, 1, 8, 8, generator=draw),), torch.tensor([0, 1, 2, 4])
