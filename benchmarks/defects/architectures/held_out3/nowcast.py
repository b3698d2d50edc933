"""A nowcast: a convolutional LSTM sees frames, its last state is grown to the next frame."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

CHANNELS, HIDDEN, KERNEL = 2, 6, 3


class ConvLSTMCell(nn.Module):
    """One convolution over frame and state."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(HIDDEN + HIDDEN, 4 * HIDDEN, KERNEL, padding=KERNEL // 2)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Give the next state and cell."""
        gates = self.conv(torch.cat([x, h], dim=1))
        i, f, o, g = torch.split(gates, HIDDEN, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class TheirNowcast(nn.Module):
    """Encode each frame, remember, decode once."""

    def __init__(self) -> None:
        super().__init__()
        self.encode = nn.Conv2d(CHANNELS, HIDDEN, 4, stride=2, padding=1)
        self.norm = nn.InstanceNorm2d(HIDDEN, affine=True)
        self.cell = ConvLSTMCell()
        self.decode = nn.ConvTranspose2d(HIDDEN, HIDDEN, 4, stride=2, padding=1)
        self.head = nn.Conv2d(HIDDEN, CHANNELS, 1)

    def forward(self, frames: Tensor) -> Tensor:
        """Frames are (batch, time, channels, height, width)."""
        h = c = None
        for frame in frames.unbind(1):
            x = functional.leaky_relu(self.norm(self.encode(frame)), 0.2)
            if h is None:
                h, c = torch.zeros_like(x), torch.zeros_like(x)
            h, c = self.cell(x, h, c)
        y = functional.leaky_relu(self.decode(h), 0.2)
        return frames[:, -1] + self.head(y)


class Weather(nn.Module):
    """Keeps what was seen; frames are convolved before, all at once."""

    def __init__(self) -> None:
        super().__init__()
        self.given = nn.Conv2d(HIDDEN, 4 * HIDDEN, KERNEL, padding=1)
        self.kept = nn.Conv2d(HIDDEN, 4 * HIDDEN, KERNEL, padding=1, bias=False)

    def forward(self, frames: Tensor) -> Tensor:
        """Give the last state."""
        told = self.given(frames.flatten(0, 1)).unflatten(0, frames.shape[:2])
        state = frames.new_zeros(frames.shape[0], *frames.shape[2:])
        cell = frames.new_zeros(frames.shape[0], *frames.shape[2:])
        for time in range(frames.shape[1]):
            enter, forget, leave, new = (told[:, time] + self.kept(state)).chunk(4, dim=1)
            cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(new)
            state = torch.sigmoid(leave) * torch.tanh(cell)
        return state


class OurNowcast(nn.Module):
    """The same, frames folded into the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.shrink = nn.Conv2d(CHANNELS, HIDDEN, 4, stride=2, padding=1)
        self.even = nn.InstanceNorm2d(HIDDEN, affine=True)
        self.bend = nn.LeakyReLU(0.2)
        self.weather = Weather()
        self.grow = nn.ConvTranspose2d(HIDDEN, HIDDEN, 4, stride=2, padding=1)
        self.change = nn.Conv2d(HIDDEN, CHANNELS, 1)

    def forward(self, frames: Tensor) -> Tensor:
        """What is next is what is now and a change."""
        b, t = frames.shape[:2]
        maps = self.bend(self.even(self.shrink(frames.flatten(0, 1))))
        state = self.weather(maps.unflatten(0, (b, t)))
        return self.change(self.bend(self.grow(state))) + frames[:, -1]


def batch() -> tuple[Tensor, ...]:
    """Four frames in which a blob moves."""
    x = 0.3 * torch.randn(2, 4, CHANNELS, 8, 10)
    for time in range(4):
        x[:, time, :, 2:6, time : time + 4] += 1.0
    return (x,)


def odd() -> tuple[Tensor, ...]:
    """Three frames of another size."""
    return (torch.randn(1, 3, CHANNELS, 6, 12),)


_SPLIT = ({"op": "split", "axis": 1, "sizes": [HIDDEN, HIDDEN]},)

NOWCAST = Pair(
    name="nowcast",
    theirs=TheirNowcast,
    ours=OurNowcast,
    batch=batch,
    odd=odd,
    parts=(("decode", "grow"), ("head", "change")),
    rows=(
        Row(("encode.weight",), ("shrink.weight",)),
        Row(("encode.bias",), ("shrink.bias",)),
        Row(("norm.weight",), ("even.weight",)),
        Row(("norm.bias",), ("even.bias",)),
        Row(("cell.conv.weight",), ("weather.given.weight", "weather.kept.weight"), _SPLIT),
        Row(("cell.conv.bias",), ("weather.given.bias",)),
    ),
)
