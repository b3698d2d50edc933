"""A small reference with what makes inspecting hard: ties, glue, copies, idle and random parts."""

import pytest

from scaffold.reference.blueprint.make import inspected
from scaffold.reference.spec import parse

NET = """
import copy
from functools import partial

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width: int, *, scale: float = 1.0, act=nn.ReLU, sizes=None, **rest) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.inner = nn.Linear(width, width)
        self.act = act()
        self.gamma = nn.Parameter(torch.full((width,), scale))
        self.steps = 3
        if sizes is not None:
            sizes.clear()

    def forward(self, x):
        return x + self.gamma * self.act(self.inner(self.norm(x)))


class Wide(Block):
    def __init__(self, width, depth=2):
        super().__init__(width, scale=0.5)
        self.depth = depth


class Net(nn.Module):
    def __init__(self, width: int = 8, depth: int = 3, drop: float = 0.1, **_):
        super().__init__()
        self.embed = nn.Embedding(50, width)
        self.blocks = nn.ModuleList(
            Block(width, act=partial(nn.GELU, approximate="tanh")) for _ in range(depth)
        )
        self.wide = Wide(width)
        self.again = copy.deepcopy(self.wide)
        self.drop = nn.Dropout(drop)
        self.batch = nn.BatchNorm1d(width)
        self.idle = nn.Linear(2, 2)
        self.head = nn.Linear(width, 50, bias=False)
        self.head.weight = self.embed.weight
        self.register_buffer("table", torch.arange(4.0), persistent=False)

    def forward(self, ids, attention_mask=None):
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x)
        x = self.wide(self.again(self.drop(x)))
        pooled = self.batch(x.mean(dim=1))
        return {"scores": self.head(pooled), "pooled": pooled}


class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)
        self.noise = Noise()

    def forward(self, x):
        return self.noise(self.inner(x))


class Noise(nn.Module):
    def forward(self, x):
        return x + torch.rand_like(x)


class Fickle(nn.Module):
    def __init__(self):
        super().__init__()
        import os
        self.inner = nn.Linear(4, 4)
        self.salt = nn.Parameter(torch.tensor([float(int.from_bytes(os.urandom(3), "big"))]))

    def forward(self, x):
        return self.inner(x) * self.salt if not self.training else (self.inner(x), x)


class Counts(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, x):
        if self.training:
            self.seen += 1
        return self.inner(x)


class Refuses(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, x, target=None):
        if self.training and target is None:
            raise ValueError("give a target")
        return self.inner(x)


class Grows(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)
        self.times = 0

    def forward(self, x):
        self.times += 1
        if self.times > 1:
            raise MemoryError
        return self.inner(x)


class TwoThings(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, graph, weights):
        return self.inner(graph["nodes"]) * weights
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "net.py").write_text(NET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def inspect(folder):  # noqa: ARG001 - it holds the file
    """Inspect a class of the file, or any spec."""

    def _inspect(name, *words, inputs=(), seed=0):
        text = name if ":" in name else f"file:net.py:{name}"
        return inspected(parse(text, words), inputs=inputs, seed=seed)

    return _inspect


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    """The blueprint of the reference itself; a value, so it is made once."""
    file = tmp_path_factory.mktemp("net") / "net.py"
    file.write_text(NET)
    return inspected(parse(f"file:{file}:Net"))
