"""The same, written again; mutants and harmless rewrites replace lines of this file."""

import torch
from torch import nn
from torch.nn import functional as fn


def dropped(x, rate, training):
    return fn.dropout(x, rate, training)


def fewer(x, rate, training):
    if not training or not rate:
        return x
    keep = 1 - rate
    mask = torch.rand((len(x), 1, 1), dtype=x.dtype) < keep
    return x * mask / keep


class Attend(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (q, k, v))
        weights = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1)
        weights = dropped(weights, 0.25, self.training)
        return self.out((weights @ v).transpose(1, 2).flatten(2))


class Layer(nn.Module):
    def __init__(self, width, rate):
        super().__init__()
        self.rate = rate
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.attend = Attend(width, 2)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x):
        x = x + fewer(self.attend(self.norm(x)), self.rate, self.training)
        hidden = dropped(fn.gelu(self.up(x)), 0.1, self.training)
        return x + fewer(self.down(hidden), self.rate, self.training)


class Ours(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 2, 2)
        self.stats = nn.BatchNorm2d(width, momentum=0.1)
        self.layers = nn.ModuleList([Layer(width, 0.0), Layer(width, 0.3)])
        self.head = nn.Linear(width, 5)
        self.side = nn.Linear(width, 5)

    def forward(self, x):
        x = self.stats(self.stem(x)).flatten(2).mT
        for layer in self.layers:
            x = layer(x)
        found = self.head(x.mean(1))
        return (found, self.side(x[:, 0])) if self.training else found


def build(size="twin"):
    return Ours(8 if size == "twin" else 16)
