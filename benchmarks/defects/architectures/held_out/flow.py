"""A normalising flow: a scale per channel, a permutation, an affine coupling; density with it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from benchmarks.defects.pair import Pair, Row

WIDTH, INNER, STEPS = 8, 12, 3


class ActNorm(nn.Module):
    """Scale and shift with a log-determinant."""

    def __init__(self) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(0.1 * torch.randn(WIDTH))
        self.bias = nn.Parameter(0.1 * torch.randn(WIDTH))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give the result and its log-determinant."""
        return (x + self.bias) * torch.exp(self.log_scale), self.log_scale.sum().expand(len(x))


class AffineCoupling(nn.Module):
    """Half of the channels move the other half."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(WIDTH // 2, INNER), nn.ReLU(), nn.Linear(INNER, INNER), nn.ReLU(),
            nn.Linear(INNER, WIDTH),
        )  # fmt: skip

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give the result and its log-determinant."""
        x1, x2 = x[:, : WIDTH // 2], x[:, WIDTH // 2 :]
        s, t = self.net(x1).chunk(2, dim=1)
        s = torch.tanh(s)
        return torch.cat([x1, x2 * torch.exp(s) + t], dim=1), s.sum(dim=1)


class TheirFlow(nn.Module):
    """Two lists of layers, reversed channels between them."""

    def __init__(self) -> None:
        super().__init__()
        self.norms = nn.ModuleList(ActNorm() for _ in range(STEPS))
        self.couplings = nn.ModuleList(AffineCoupling() for _ in range(STEPS))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give the code and the log-density."""
        logdet = torch.zeros(len(x), dtype=x.dtype)
        for norm, coupling in zip(self.norms, self.couplings, strict=True):
            x, one = norm(x)
            x, two = coupling(x.flip(1))
            logdet = logdet + one + two
        prior = -0.5 * (x**2 + math.log(2 * math.pi)).sum(dim=1)
        return x, prior + logdet


class Mover(nn.Module):
    """Gives a stretch and a move."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Linear(WIDTH // 2, INNER)
        self.inner = nn.Linear(INNER, INNER)
        self.leave = nn.Linear(INNER, WIDTH)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Stretch and move."""
        y = self.leave(torch.relu(self.inner(torch.relu(self.enter(x)))))
        stretch, move = y.split(WIDTH // 2, -1)
        return stretch.tanh(), move


class Turn(nn.Module):
    """One step: scale, reverse, move."""

    def __init__(self) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(WIDTH))
        self.bias = nn.Parameter(torch.zeros(WIDTH))
        self.mover = Mover()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give the result and how it stretched."""
        y = ((x + self.bias) * self.log_scale.exp()).flip(-1)
        kept, moved = y.chunk(2, dim=-1)
        stretch, move = self.mover(kept)
        moved = moved * stretch.exp() + move
        return torch.cat((kept, moved), -1), stretch.sum(-1) + self.log_scale.sum()


class OurFlow(nn.Module):
    """Turn after turn."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = nn.ModuleList([Turn() for _ in range(STEPS)])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give the code and the log-density."""
        stretched = x.new_zeros(x.shape[0])
        for turn in self.turns:
            x, by = turn(x)
            stretched = stretched + by
        log_two_pi = math.log(2 * math.pi)
        return x, stretched - 0.5 * (x.square().sum(-1) + WIDTH * log_two_pi)


def batch() -> tuple[Tensor, ...]:
    """Points on a line with noise."""
    return (torch.linspace(-1, 1, 5)[:, None] + 0.5 * torch.randn(5, WIDTH),)


FLOW = Pair(
    name="flow",
    theirs=TheirFlow,
    ours=OurFlow,
    batch=batch,
    parts=(
        ("couplings.{i}.net.0", "turns.{i}.mover.enter"),
        ("couplings.{i}.net.2", "turns.{i}.mover.inner"),
        ("couplings.{i}.net.4", "turns.{i}.mover.leave"),
    ),
    rows=tuple(
        Row((f"norms.{{i}}.{leaf}",), (f"turns.{{i}}.{leaf}",)) for leaf in ("log_scale", "bias")
    ),
)
