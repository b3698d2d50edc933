"""A denoiser of images: a U with time in every block and attention at its bottom."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

COLOURS, WIDTH, GROUPS, TIME = 3, 8, 4, 12


class Timesteps(nn.Module):
    """Sines and cosines of a step."""

    def forward(self, timesteps: Tensor) -> Tensor:
        """Cosines first."""
        half = WIDTH // 2
        exponent = -math.log(10000) * torch.arange(half, dtype=timesteps.dtype) / half
        emb = timesteps[:, None] * torch.exp(exponent)[None, :]
        return torch.cat([torch.cos(emb), torch.sin(emb)], dim=-1)


class ResnetBlock(nn.Module):
    """Two convolutions, moved and stretched by the time between them."""

    def __init__(self, enter: int, leave: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, enter, eps=1e-6)
        self.conv1 = nn.Conv2d(enter, leave, 3, padding=1)
        self.time_emb_proj = nn.Linear(TIME, 2 * leave)
        self.norm2 = nn.GroupNorm(GROUPS, leave, eps=1e-6)
        self.conv2 = nn.Conv2d(leave, leave, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(enter, leave, 1) if enter != leave else None

    def forward(self, x: Tensor, temb: Tensor) -> Tensor:
        """With a shortcut."""
        h = self.conv1(functional.silu(self.norm1(x)))
        temb = self.time_emb_proj(functional.silu(temb))[:, :, None, None]
        scale, shift = temb.chunk(2, dim=1)
        h = self.norm2(h) * (1 + scale) + shift
        h = self.conv2(functional.silu(h))
        if self.conv_shortcut is not None:
            x = self.conv_shortcut(x)
        return x + h


class AttnBlock(nn.Module):
    """Attention over places, in two heads."""

    def __init__(self) -> None:
        super().__init__()
        self.group_norm = nn.GroupNorm(GROUPS, 2 * WIDTH, eps=1e-6)
        self.to_q = nn.Linear(2 * WIDTH, 2 * WIDTH)
        self.to_k = nn.Linear(2 * WIDTH, 2 * WIDTH)
        self.to_v = nn.Linear(2 * WIDTH, 2 * WIDTH)
        self.to_out = nn.Linear(2 * WIDTH, 2 * WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """With a shortcut."""
        b, c, h, w = x.shape
        y = self.group_norm(x).view(b, c, h * w).transpose(1, 2)
        q, k, v = (
            part(y).view(b, h * w, 2, c // 2).transpose(1, 2)
            for part in (self.to_q, self.to_k, self.to_v)
        )
        weights = torch.softmax(torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(c // 2), dim=-1)
        y = torch.matmul(weights, v).transpose(1, 2).reshape(b, h * w, c)
        return x + self.to_out(y).transpose(1, 2).reshape(b, c, h, w)


class TheirDenoiser(nn.Module):
    """Down, middle, up."""

    def __init__(self) -> None:
        super().__init__()
        self.time_proj = Timesteps()
        self.linear_1 = nn.Linear(WIDTH, TIME)
        self.linear_2 = nn.Linear(TIME, TIME)
        self.conv_in = nn.Conv2d(COLOURS, WIDTH, 3, padding=1)
        self.down = ResnetBlock(WIDTH, WIDTH)
        self.downsample = nn.Conv2d(WIDTH, WIDTH, 3, stride=2, padding=0)
        self.mid_1 = ResnetBlock(WIDTH, 2 * WIDTH)
        self.mid_attn = AttnBlock()
        self.mid_2 = ResnetBlock(2 * WIDTH, 2 * WIDTH)
        self.upsample = nn.Conv2d(2 * WIDTH, WIDTH, 3, padding=1)
        self.up = ResnetBlock(2 * WIDTH, WIDTH)
        self.conv_norm_out = nn.GroupNorm(GROUPS, WIDTH, eps=1e-6)
        self.conv_out = nn.Conv2d(WIDTH, COLOURS, 3, padding=1)

    def forward(self, x: Tensor, timesteps: Tensor) -> Tensor:
        """Give the noise that an image holds at a step."""
        temb = self.linear_2(functional.silu(self.linear_1(self.time_proj(timesteps))))
        h = self.down(self.conv_in(x), temb)
        skip = h
        h = self.downsample(functional.pad(h, (0, 1, 0, 1)))
        h = self.mid_2(self.mid_attn(self.mid_1(h, temb)), temb)
        h = functional.interpolate(h, size=skip.shape[-2:], mode="nearest")
        h = self.up(torch.cat([self.upsample(h), skip], dim=1), temb)
        return self.conv_out(functional.silu(self.conv_norm_out(h)))


class Clock(nn.Module):
    """A step as a vector."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(WIDTH, TIME)
        self.second = nn.Linear(TIME, TIME)

    def forward(self, step: Tensor) -> Tensor:
        """Waves, then two layers."""
        half = WIDTH // 2
        rates = torch.exp(torch.arange(half, dtype=step.dtype) * (-math.log(1e4) / half))
        angles = torch.outer(step, rates)
        return self.second(functional.silu(self.first(torch.cat((angles.cos(), angles.sin()), 1))))


class Calm(nn.Module):
    """Norm, curve, convolution."""

    def __init__(self, enter: int, leave: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, enter, eps=1e-6)
        self.act = nn.SiLU()
        self.look = nn.Conv2d(enter, leave, 3, padding="same")

    def forward(self, x: Tensor, told: Tensor | None = None) -> Tensor:
        """Told is how to stretch and where to move what is calm."""
        y = self.norm(x)
        if told is not None:
            stretch, move = told.unflatten(1, (2, -1))[..., None, None].unbind(1)
            y = y + y * stretch + move
        return self.look(self.act(y))


class Timed(nn.Module):
    """Two calm convolutions around the time."""

    def __init__(self, enter: int, leave: int) -> None:
        super().__init__()
        self.one = Calm(enter, leave)
        self.when = nn.Sequential(nn.SiLU(), nn.Linear(TIME, 2 * leave))
        self.two = Calm(leave, leave)
        self.across = nn.Identity() if enter == leave else nn.Conv2d(enter, leave, 1)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        """With a shortcut."""
        return self.two(self.one(x), self.when(time)) + self.across(x)


class Gaze(nn.Module):
    """Attention over places."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, 2 * WIDTH, eps=1e-6)
        self.qkv = nn.Linear(2 * WIDTH, 6 * WIDTH)
        self.out = nn.Linear(2 * WIDTH, 2 * WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """With a shortcut."""
        y = self.norm(x).flatten(2).mT
        q, k, v = self.qkv(y).unflatten(-1, (3, 2, -1)).permute(2, 0, 3, 1, 4).unbind(0)
        y = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        return x + self.out(y).mT.unflatten(-1, x.shape[-2:])


class OurDenoiser(nn.Module):
    """The same U."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.enter = nn.Conv2d(COLOURS, WIDTH, 3, padding=1)
        self.fine = Timed(WIDTH, WIDTH)
        self.shrink = nn.Conv2d(WIDTH, WIDTH, 3, stride=2)
        self.coarse = nn.ModuleList([Timed(WIDTH, 2 * WIDTH), Timed(2 * WIDTH, 2 * WIDTH)])
        self.gaze = Gaze()
        self.grow = nn.Conv2d(2 * WIDTH, WIDTH, 3, padding=1)
        self.again = Timed(2 * WIDTH, WIDTH)
        self.leave = Calm(WIDTH, COLOURS)

    def forward(self, image: Tensor, step: Tensor) -> Tensor:
        """Give the noise that an image holds at a step."""
        time = self.clock(step)
        fine = self.fine(self.enter(image), time)
        x = self.shrink(functional.pad(fine, (0, 1, 0, 1)))
        x = self.coarse[1](self.gaze(self.coarse[0](x, time)), time)
        x = self.grow(functional.interpolate(x, size=fine.shape[2:]))
        return self.leave(self.again(torch.cat((x, fine), 1), time))


def batch() -> tuple[Tensor, ...]:
    """Noisy images and their steps."""
    return torch.randn(2, COLOURS, 8, 8) * 0.7 + 0.2, torch.tensor([3.0, 41.0])


def odd() -> tuple[Tensor, ...]:
    """Another size."""
    return torch.randn(1, COLOURS, 9, 6), torch.tensor([17.0])


_BLOCKS = (
    ("down", "fine"),
    ("mid_1", "coarse.0"),
    ("mid_2", "coarse.1"),
    ("up", "again"),
)
_INSIDE = (
    ("norm1", "one.norm"),
    ("conv1", "one.look"),
    ("time_emb_proj", "when.1"),
    ("norm2", "two.norm"),
    ("conv2", "two.look"),
    ("conv_shortcut", "across"),
)

DENOISER = Pair(
    name="denoiser",
    theirs=TheirDenoiser,
    ours=OurDenoiser,
    batch=batch,
    odd=odd,
    parts=(
        ("linear_1", "clock.first"),
        ("linear_2", "clock.second"),
        ("conv_in", "enter"),
        *_BLOCKS,
        *((f"{a}.{c}", f"{b}.{d}") for a, b in _BLOCKS for c, d in _INSIDE),
        ("downsample", "shrink"),
        ("mid_attn", "gaze"),
        ("mid_attn.group_norm", "gaze.norm"),
        ("mid_attn.to_out", "gaze.out"),
        ("upsample", "grow"),
        ("conv_norm_out", "leave.norm"),
        ("conv_out", "leave.look"),
    ),
    rows=tuple(
        Row(
            tuple(f"mid_attn.to_{part}.{leaf}" for part in "qkv"),
            (f"gaze.qkv.{leaf}",),
            ({"op": "merge", "axis": 0},),
        )
        for leaf in ("weight", "bias")
    ),
)
