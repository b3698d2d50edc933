"""A radiance field: waves of a point, a network with a skip, density, colour, compositing."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair

OCTAVES, WIDTH, STEP = 3, 16, 0.25
ENTER = 3 + 6 * OCTAVES


class TheirNeRF(nn.Module):
    """A list of layers, the points again in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.pts_linears = nn.ModuleList(
            [nn.Linear(ENTER, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH + ENTER, WIDTH)]
        )
        self.alpha_linear = nn.Linear(WIDTH, 1)
        self.feature_linear = nn.Linear(WIDTH, WIDTH)
        self.rgb_linear = nn.Linear(WIDTH, 3)

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Give the colour and the opacity of each ray of points."""
        waves = [points]
        for octave in range(OCTAVES):
            waves += [torch.sin(points * 2.0**octave), torch.cos(points * 2.0**octave)]
        embedded = torch.cat(waves, dim=-1)
        h = embedded
        for index, layer in enumerate(self.pts_linears):
            if index == 2:
                h = torch.cat([embedded, h], dim=-1)
            h = functional.relu(layer(h))
        sigma = functional.softplus(self.alpha_linear(h))[..., 0]
        rgb = torch.sigmoid(self.rgb_linear(self.feature_linear(h)))
        alpha = 1.0 - torch.exp(-sigma * STEP)
        through = torch.cumprod(1.0 - alpha + 1e-10, dim=-1)
        through = torch.cat([torch.ones_like(through[:, :1]), through[:, :-1]], dim=-1)
        weights = alpha * through
        return (weights.unsqueeze(-1) * rgb).sum(dim=1), weights.sum(dim=1)


class Ripples(nn.Module):
    """Sines and cosines of each coordinate, the point itself first."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("rates", 2.0 ** torch.arange(OCTAVES), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Points to ripples; the order is octave, curve, coordinate."""
        angles = x[..., None, :] * self.rates[:, None].to(x.dtype)
        both = torch.stack((angles.sin(), angles.cos()), dim=-2)
        return torch.cat((x, both.flatten(-3)), dim=-1)


class Matter(nn.Module):
    """What stands at a point."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(ENTER, WIDTH)
        self.second = nn.Linear(WIDTH, WIDTH)
        self.third = nn.Linear(WIDTH + ENTER, WIDTH)
        self.act = nn.ReLU()

    def forward(self, ripples: Tensor) -> Tensor:
        """Three layers, the ripples again before the last."""
        y = self.act(self.second(self.act(self.first(ripples))))
        return self.act(self.third(torch.cat((ripples, y), -1)))


class OurField(nn.Module):
    """Ripples, matter, light."""

    def __init__(self) -> None:
        super().__init__()
        self.ripples = Ripples()
        self.matter = Matter()
        self.dense = nn.Linear(WIDTH, 1)
        self.tint = nn.Linear(WIDTH, WIDTH)
        self.colour = nn.Linear(WIDTH, 3)

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Give the colour and the opacity of each ray of points."""
        matter = self.matter(self.ripples(points))
        thick = functional.softplus(self.dense(matter)).squeeze(-1) * STEP
        hue = torch.sigmoid(self.colour(self.tint(matter)))
        clear = torch.exp(-thick)
        left = torch.cumprod(functional.pad(clear + 1e-10, (1, 0), value=1.0), -1)[..., :-1]
        share = (1 - clear) * left
        return torch.einsum("rp,rpc->rc", share, hue), share.sum(-1)


def batch() -> tuple[Tensor, ...]:
    """Rays through a room."""
    along = torch.linspace(0, 1, 6)[None, :, None] * torch.randn(3, 1, 3)
    return (along + 0.3 * torch.randn(3, 1, 3),)


def odd() -> tuple[Tensor, ...]:
    """More points on a ray."""
    return (torch.randn(2, 9, 3),)


FIELD = Pair(
    name="field",
    theirs=TheirNeRF,
    ours=OurField,
    batch=batch,
    odd=odd,
    parts=(
        ("pts_linears.0", "matter.first"),
        ("pts_linears.1", "matter.second"),
        ("pts_linears.2", "matter.third"),
        ("alpha_linear", "dense"),
        ("feature_linear", "tint"),
        ("rgb_linear", "colour"),
    ),
)
