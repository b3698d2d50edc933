"""A WaveNet: causal dilated convolutions, gated, with skips to one output.

Theirs pads on the left and has a filter and a gate; ours pads on both sides, drops the future, and
computes both in one convolution.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

CHANNELS, SKIP, CLASSES, DILATIONS = 8, 6, 5, (1, 2, 4)


class TheirWaveNet(nn.Module):
    """Lists of layers of each kind."""

    def __init__(self) -> None:
        super().__init__()
        self.start_conv = nn.Conv1d(2, CHANNELS, 1)
        self.filter_convs = nn.ModuleList(
            nn.Conv1d(CHANNELS, CHANNELS, 2, dilation=d) for d in DILATIONS
        )
        self.gate_convs = nn.ModuleList(
            nn.Conv1d(CHANNELS, CHANNELS, 2, dilation=d) for d in DILATIONS
        )
        self.residual_convs = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, 1) for _ in DILATIONS)
        self.skip_convs = nn.ModuleList(nn.Conv1d(CHANNELS, SKIP, 1) for _ in DILATIONS)
        self.end_conv_1 = nn.Conv1d(SKIP, SKIP, 1)
        self.end_conv_2 = nn.Conv1d(SKIP, CLASSES, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Score classes at each time."""
        x = self.start_conv(x)
        total = 0
        for index, dilation in enumerate(DILATIONS):
            padded = functional.pad(x, (dilation, 0))
            gated = torch.tanh(self.filter_convs[index](padded)) * torch.sigmoid(
                self.gate_convs[index](padded)
            )
            total = total + self.skip_convs[index](gated)
            x = x + self.residual_convs[index](gated)
        return self.end_conv_2(functional.relu(self.end_conv_1(functional.relu(total))))


class Past(nn.Module):
    """One gated layer that sees the past."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.both = nn.Conv1d(CHANNELS, 2 * CHANNELS, 2, padding=dilation, dilation=dilation)
        self.on = nn.Conv1d(CHANNELS, CHANNELS, 1)
        self.out = nn.Conv1d(CHANNELS, SKIP, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give what goes on and what goes out."""
        bent, gate = self.both(x)[..., : x.shape[-1]].chunk(2, dim=1)
        y = torch.tanh(bent) * torch.sigmoid(gate)
        return x + self.on(y), self.out(y)


class OurWaves(nn.Module):
    """Enter, layers, leave."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv1d(2, CHANNELS, 1)
        self.layers = nn.ModuleList([Past(dilation) for dilation in DILATIONS])
        self.leave = nn.Sequential(
            nn.ReLU(), nn.Conv1d(SKIP, SKIP, 1), nn.ReLU(), nn.Conv1d(SKIP, CLASSES, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Score classes at each time."""
        x = self.enter(x)
        outs = []
        for layer in self.layers:
            x, out = layer(x)
            outs.append(out)
        return self.leave(torch.stack(outs).sum(0))


def batch() -> tuple[Tensor, ...]:
    """Two voices."""
    time = torch.arange(20.0)
    return (torch.stack((time.sin(), (0.3 * time).cos())) + 0.3 * torch.randn(2, 2, 20),)


def odd() -> tuple[Tensor, ...]:
    """A short one."""
    return (torch.randn(1, 2, 13),)


WAVES = Pair(
    name="waves",
    theirs=TheirWaveNet,
    ours=OurWaves,
    batch=batch,
    odd=odd,
    parts=(
        ("start_conv", "enter"),
        ("residual_convs.{i}", "layers.{i}.on"),
        ("skip_convs.{i}", "layers.{i}.out"),
        ("end_conv_1", "leave.1"),
        ("end_conv_2", "leave.3"),
    ),
    rows=tuple(
        Row(
            (f"filter_convs.{{i}}.{leaf}", f"gate_convs.{{i}}.{leaf}"),
            (f"layers.{{i}}.both.{leaf}",),
            ({"op": "merge", "axis": 0},),
        )
        for leaf in ("weight", "bias")
    ),
)
