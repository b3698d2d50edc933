"""A variational autoencoder: mean and log-variance, drawn in training alone, sub-pixels."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

CODE = 5


class TheirVAE(nn.Module):
    """Two heads, PixelShuffle."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 8, 4, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(8, 12, 4, stride=2, padding=1),
            nn.GroupNorm(3, 12),
            nn.SiLU(),
        )
        self.fc_mu = nn.Linear(12 * 16, CODE)
        self.fc_logvar = nn.Linear(12 * 16, CODE)
        self.decoder_input = nn.Linear(CODE, 12 * 16)
        self.decoder = nn.Sequential(
            nn.Conv2d(12, 24, 3, padding=1),
            nn.PixelShuffle(2),
            nn.GroupNorm(2, 6),
            nn.SiLU(),
            nn.Conv2d(6, 12, 3, padding=1),
            nn.PixelShuffle(2),
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give the image again, and what its code is drawn from."""
        h = torch.flatten(self.encoder(x), start_dim=1)
        mu, logvar = self.fc_mu(h), self.fc_logvar(h)
        z = mu
        if self.training:
            z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        return self.decoder(self.decoder_input(z).view(-1, 12, 4, 4)), mu, logvar


class Finer(nn.Module):
    """Convolve, and deal the channels to a grid twice as fine."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.spread = nn.Conv2d(width, 4 * out, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Double both sides."""
        b, _, h, w = x.shape
        y = self.spread(x).view(b, -1, 2, 2, h, w)
        return y.permute(0, 1, 4, 2, 5, 3).reshape(b, -1, 2 * h, 2 * w)


class OurVariational(nn.Module):
    """One head for both, then finer and finer."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(3, 8, 4, 2, 1)
        self.look_again = nn.Conv2d(8, 12, 4, 2, 1)
        self.even = nn.GroupNorm(3, 12)
        self.belief = nn.Linear(192, 2 * CODE)
        self.imagine = nn.Linear(CODE, 192)
        self.coarse = Finer(12, 6)
        self.calm = nn.GroupNorm(2, 6)
        self.fine = Finer(6, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give the image again, and what its code is drawn from."""
        y = functional.silu(self.look(x))
        y = functional.silu(self.even(self.look_again(y)))
        mean, logvar = self.belief(y.flatten(1)).chunk(2, dim=1)
        code = mean
        if self.training:
            code = torch.normal(mean, torch.exp(logvar / 2))
        y = self.imagine(code).unflatten(1, (12, 4, 4))
        y = functional.silu(self.calm(self.coarse(y)))
        return torch.tanh(self.fine(y)), mean, logvar


def batch() -> tuple[Tensor, ...]:
    """Images with a bright corner."""
    corner = torch.linspace(1, -1, 16)
    return (0.4 * torch.randn(3, 3, 16, 16) + corner[:, None] * corner,)


VARIATIONAL = Pair(
    name="variational",
    theirs=TheirVAE,
    ours=OurVariational,
    batch=batch,
    parts=(
        ("encoder.0", "look"),
        ("encoder.2", "look_again"),
        ("encoder.3", "even"),
        ("decoder_input", "imagine"),
        ("decoder.0", "coarse.spread"),
        ("decoder.2", "calm"),
        ("decoder.4", "fine.spread"),
    ),
    rows=tuple(
        Row(
            (f"fc_mu.{leaf}", f"fc_logvar.{leaf}"),
            (f"belief.{leaf}",),
            ({"op": "merge", "axis": 0},),
        )
        for leaf in ("weight", "bias")
    ),
)
