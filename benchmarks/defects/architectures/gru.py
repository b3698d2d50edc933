"""A listener: a strided convolution over time, a GRU in both directions, pooling over time.

Theirs writes the cell out; ours uses torch's layer, so the gates have to lie as torch wants them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

BANDS, HIDDEN = 6, 8


class Cell(nn.Module):
    """A GRU whose reset gate acts after the product, over one direction of time."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(width, 3 * HIDDEN) * 0.3)
        self.recurrent_kernel = nn.Parameter(torch.randn(HIDDEN, 3 * HIDDEN) * 0.3)
        self.bias = nn.Parameter(torch.randn(3 * HIDDEN) * 0.1)
        self.recurrent_bias = nn.Parameter(torch.randn(3 * HIDDEN) * 0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Run over time; the gates lie as reset, update, new."""
        state = x.new_zeros(x.shape[0], HIDDEN)
        found = []
        for step in x.unbind(1):
            a = step @ self.kernel + self.bias
            b = state @ self.recurrent_kernel + self.recurrent_bias
            r, z = torch.sigmoid(a[:, : 2 * HIDDEN] + b[:, : 2 * HIDDEN]).chunk(2, 1)
            new = torch.tanh(a[:, 2 * HIDDEN :] + r * b[:, 2 * HIDDEN :])
            state = (1 - z) * new + z * state
            found.append(state)
        return torch.stack(found, 1)


class TheirListener(nn.Module):
    """Two cells, one of them over reversed time."""

    def __init__(self) -> None:
        super().__init__()
        self.front = nn.Conv1d(BANDS, HIDDEN, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm1d(HIDDEN)
        self.act = nn.LeakyReLU(0.1)
        self.ahead = Cell(HIDDEN)
        self.back = Cell(HIDDEN)
        self.head = nn.Linear(2 * HIDDEN, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Classify sounds of batch, bands, time."""
        x = self.act(self.norm(self.front(x))).transpose(1, 2)
        both = torch.cat([self.ahead(x), self.back(x.flip(1)).flip(1)], -1)
        return self.head(both.amax(1))


class OurListener(nn.Module):
    """The same with torch's layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(BANDS, HIDDEN, 3, stride=2, padding=1)
        self.bn = nn.BatchNorm1d(HIDDEN)
        self.gru = nn.GRU(HIDDEN, HIDDEN, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * HIDDEN, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Classify sounds of batch, bands, time."""
        x = functional.leaky_relu(self.bn(self.conv(x)), 0.1)
        states, _ = self.gru(x.mT)
        return self.out(torch.amax(states, dim=1))


def batch() -> tuple[Tensor, ...]:
    """Sounds with a beat."""
    return (torch.randn(2, BANDS, 14) * 0.5 + torch.cos(torch.arange(14.0)),)


def odd() -> tuple[Tensor, ...]:
    """A length that the stride does not divide."""
    return (torch.randn(2, BANDS, 19),)


GRU = Pair(
    name="gru",
    theirs=TheirListener,
    ours=OurListener,
    batch=batch,
    odd=odd,
    parts=(("front", "conv"), ("norm", "bn"), ("head", "out")),
    rows=tuple(
        Row((f"{cell}.{theirs}",), (f"gru.{ours}{end}",), steps)
        for cell, end in (("ahead", ""), ("back", "_reverse"))
        for theirs, ours, steps in (
            ("kernel", "weight_ih_l0", ({"op": "transpose", "axes": [1, 0]},)),
            ("recurrent_kernel", "weight_hh_l0", ({"op": "transpose", "axes": [1, 0]},)),
            ("bias", "bias_ih_l0", ()),
            ("recurrent_bias", "bias_hh_l0", ()),
        )
    ),
)
