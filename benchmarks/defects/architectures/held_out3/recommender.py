"""A recommender: bags of words and words alone, a factorisation machine, a network, both added."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

WORDS, FIELDS, WIDTH, NUMBERS, BAG = 24, 3, 6, 4, 5


class TheirDeepFM(nn.Module):
    """Pairs of fields one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.ModuleList(nn.Embedding(WORDS, 1) for _ in range(FIELDS))
        self.embeddings = nn.ModuleList(nn.Embedding(WORDS, WIDTH) for _ in range(FIELDS))
        self.history = nn.EmbeddingBag(WORDS, WIDTH, mode="mean")
        self.numbers_bn = nn.BatchNorm1d(NUMBERS)
        self.numbers = nn.Linear(NUMBERS, WIDTH)
        self.fc1 = nn.Linear((FIELDS + 2) * WIDTH, 16)
        self.bn1 = nn.BatchNorm1d(16)
        self.fc2 = nn.Linear(16, 8)
        self.bn2 = nn.BatchNorm1d(8)
        self.fc3 = nn.Linear(8, 1)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, ids: Tensor, bag: Tensor, numbers: Tensor) -> Tensor:
        """Give the chance of a click."""
        fields = [table(ids[:, place]) for place, table in enumerate(self.embeddings)]
        fields += [self.history(bag), self.numbers(self.numbers_bn(numbers))]
        first = sum(table(ids[:, place]) for place, table in enumerate(self.linear))
        second = 0
        for a, b in itertools.combinations(fields, 2):
            second = second + (a * b).sum(dim=1, keepdim=True)
        deep = torch.cat(fields, dim=1)
        deep = functional.relu(self.bn1(self.fc1(deep)))
        deep = functional.relu(self.bn2(self.fc2(deep)))
        return torch.sigmoid(self.bias + first + second + self.fc3(deep))


class Machine(nn.Module):
    """All pairs by the square of the sum less the sum of the squares."""

    def forward(self, fields: Tensor) -> Tensor:
        """Half of the difference."""
        square = fields.sum(1).square()
        return 0.5 * (square - fields.square().sum(1)).sum(-1, keepdim=True)


class OurRecommender(nn.Module):
    """One table for all fields, with a place for each."""

    def __init__(self) -> None:
        super().__init__()
        self.lone = nn.Embedding(FIELDS * WORDS, 1)
        self.words = nn.Embedding(FIELDS * WORDS, WIDTH)
        self.past = nn.EmbeddingBag(WORDS, WIDTH, mode="mean")
        self.measured = nn.Sequential(nn.BatchNorm1d(NUMBERS), nn.Linear(NUMBERS, WIDTH))
        self.machine = Machine()
        self.deep = nn.Sequential(
            nn.Linear((FIELDS + 2) * WIDTH, 16), nn.BatchNorm1d(16), nn.ReLU(),
            nn.Linear(16, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1),
        )  # fmt: skip
        self.prior = nn.Parameter(torch.zeros(1))

    def forward(self, ids: Tensor, bag: Tensor, numbers: Tensor) -> Tensor:
        """Give the chance of a click."""
        rows = ids + WORDS * torch.arange(FIELDS)
        fields = torch.cat(
            (self.words(rows), self.past(bag)[:, None], self.measured(numbers)[:, None]), dim=1
        )
        said = self.lone(rows).sum(1) + self.machine(fields) + self.deep(fields.flatten(1))
        return torch.sigmoid(said + self.prior)


def batch() -> tuple[Tensor, ...]:
    """Clicks."""
    return (
        torch.randint(0, WORDS, (6, FIELDS)),
        torch.randint(0, WORDS, (6, BAG)),
        torch.randn(6, NUMBERS) + 0.5,
    )


def odd() -> tuple[Tensor, ...]:
    """A longer history."""
    return (
        torch.randint(0, WORDS, (3, FIELDS)),
        torch.randint(0, WORDS, (3, BAG + 2)),
        torch.randn(3, NUMBERS),
    )


_MERGE = ({"op": "merge", "axis": 0},)

RECOMMENDER = Pair(
    name="recommender",
    theirs=TheirDeepFM,
    ours=OurRecommender,
    batch=batch,
    odd=odd,
    parts=(
        ("history", "past"),
        ("numbers_bn", "measured.0"),
        ("numbers", "measured.1"),
        ("fc1", "deep.0"),
        ("bn1", "deep.1"),
        ("fc2", "deep.3"),
        ("bn2", "deep.4"),
        ("fc3", "deep.6"),
    ),
    rows=(
        Row(tuple(f"linear.{i}.weight" for i in range(FIELDS)), ("lone.weight",), _MERGE),
        Row(tuple(f"embeddings.{i}.weight" for i in range(FIELDS)), ("words.weight",), _MERGE),
        Row(("bias",), ("prior",)),
    ),
)
