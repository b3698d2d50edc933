"""An autoencoder: strided convolutions down, transposed convolutions up, a code between."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row


class TheirAutoencoder(nn.Module):
    """Two Sequentials and two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 6, 3, stride=2, padding=1),
            nn.BatchNorm2d(6),
            nn.LeakyReLU(0.2),
            nn.Conv2d(6, 12, 3, stride=2, padding=1),
            nn.InstanceNorm2d(12, affine=True),
            nn.ELU(),
        )
        self.to_code = nn.Linear(12 * 16, 10)
        self.from_code = nn.Linear(10, 12 * 16)
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(12, 6, 4, stride=2, padding=1),
            nn.BatchNorm2d(6),
            nn.PReLU(6),
            nn.Upsample(scale_factor=2, mode="nearest"),
            nn.ReflectionPad2d(1),
            nn.Conv2d(6, 1, 3),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give the image again, and its code."""
        code = self.to_code(self.encoder(x).view(len(x), -1))
        hidden = self.from_code(code).view(-1, 12, 4, 4)
        return self.decoder(hidden), code


class Encoder(nn.Module):
    """Images to codes."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 6, 3, stride=2, padding=1)
        self.first_norm = nn.BatchNorm2d(6)
        self.second = nn.Conv2d(6, 12, 3, stride=2, padding=1)
        self.second_norm = nn.InstanceNorm2d(12, affine=True)
        self.code = nn.Linear(192, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Encode."""
        x = functional.leaky_relu(self.first_norm(self.first(x)), 0.2)
        x = functional.elu(self.second_norm(self.second(x)))
        return self.code(x.flatten(1))


class Decoder(nn.Module):
    """Codes to images."""

    def __init__(self) -> None:
        super().__init__()
        self.code = nn.Linear(10, 192)
        self.grow = nn.ConvTranspose2d(12, 6, 4, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.act = nn.PReLU(6)
        self.paint = nn.Conv2d(6, 1, 3, padding=1, padding_mode="reflect")

    def forward(self, code: Tensor) -> Tensor:
        """Decode."""
        x = self.code(code).unflatten(1, (12, 4, 4))
        x = self.act(self.norm(self.grow(x)))
        x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
        return torch.sigmoid(self.paint(x))


class OurAutoencoder(nn.Module):
    """Encoder and decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.encode = Encoder()
        self.decode = Decoder()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give the image again, and its code."""
        code = self.encode(x)
        return self.decode(code), code


def batch() -> tuple[Tensor, ...]:
    """Images of rings."""
    axis = torch.linspace(-2, 2, 16)
    rings = torch.cos(4 * (axis[:, None] ** 2 + axis**2))
    return (rings + 0.2 * torch.randn(3, 1, 16, 16),)


AUTOENCODER = Pair(
    name="autoencoder",
    theirs=TheirAutoencoder,
    ours=OurAutoencoder,
    batch=batch,
    parts=(
        ("encoder.0", "encode.first"),
        ("encoder.1", "encode.first_norm"),
        ("encoder.3", "encode.second"),
        ("encoder.4", "encode.second_norm"),
        ("to_code", "encode.code"),
        ("from_code", "decode.code"),
        ("decoder.0", "decode.grow"),
        ("decoder.1", "decode.norm"),
        ("decoder.2", "decode.act"),
    ),
    rows=tuple(
        Row((f"decoder.5.{leaf}",), (f"decode.paint.{leaf}",)) for leaf in ("weight", "bias")
    ),
)
