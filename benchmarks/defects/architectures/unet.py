"""A U-Net: GroupNorm, SiLU, max pooling down, bilinear and transposed convolution up, skips."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair


def double(width: int, out: int) -> nn.Sequential:
    """Two convolutions, as in the published drawings."""
    return nn.Sequential(
        nn.Conv2d(width, out, 3, padding=1),
        nn.GroupNorm(2, out),
        nn.SiLU(),
        nn.Conv2d(out, out, 3, padding=1),
        nn.GroupNorm(2, out),
        nn.SiLU(),
    )


class TheirUNet(nn.Module):
    """Everything in one forward."""

    def __init__(self) -> None:
        super().__init__()
        self.down1 = double(2, 8)
        self.down2 = double(8, 12)
        self.bottom = double(12, 16)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(16, 12, 2, stride=2)
        self.dec2 = double(24, 12)
        self.up1 = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.dec1 = double(20, 8)
        self.out = nn.Conv2d(8, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Segment images whose sides divide by four."""
        first = self.down1(x)
        second = self.down2(self.pool(first))
        x = self.up2(self.bottom(self.pool(second)))
        x = self.dec2(torch.cat([second, x], dim=1))
        x = self.dec1(torch.cat([first, self.up1(x)], dim=1))
        return self.out(x)


class Half(nn.Module):
    """Convolution, normalisation, activation."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, out, 3, padding=1)
        self.norm = nn.GroupNorm(2, out)

    def forward(self, x: Tensor) -> Tensor:
        """Run the three."""
        return functional.silu(self.norm(self.conv(x)))


class Level(nn.Module):
    """Two halves."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.one = Half(width, out)
        self.two = Half(out, out)

    def forward(self, x: Tensor) -> Tensor:
        """Run both."""
        return self.two(self.one(x))


class Join(nn.Module):
    """Bring the deep map up, put the skip before it, and mix."""

    def __init__(self, up: nn.Module | None, width: int, out: int) -> None:
        super().__init__()
        self.up = up
        self.level = Level(width, out)

    def forward(self, skip: Tensor, deep: Tensor) -> Tensor:
        """Join two maps."""
        if self.up is not None:
            deep = self.up(deep)
        else:
            deep = functional.interpolate(
                deep, size=skip.shape[-2:], mode="bilinear", align_corners=False
            )
        return self.level(torch.cat((skip, deep), dim=1))


class OurUNet(nn.Module):
    """Encoder levels, a bottom, joins."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = Level(2, 8)
        self.coarse = Level(8, 12)
        self.bottom = Level(12, 16)
        self.join_coarse = Join(nn.ConvTranspose2d(16, 12, 2, stride=2), 24, 12)
        self.join_fine = Join(None, 20, 8)
        self.classes = nn.Conv2d(8, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Segment images whose sides divide by four."""
        fine = self.fine(x)
        coarse = self.coarse(functional.max_pool2d(fine, 2))
        x = self.bottom(functional.max_pool2d(coarse, 2))
        x = self.join_coarse(coarse, x)
        return self.classes(self.join_fine(fine, x))


def batch() -> tuple[Tensor, ...]:
    """Images with a bright square."""
    x = torch.randn(2, 2, 16, 20) * 0.3
    x[..., 4:10, 6:14] += 1.5
    return (x,)


def odd() -> tuple[Tensor, ...]:
    """A wide one."""
    return (torch.randn(1, 2, 12, 28),)


_LEVELS = (
    ("down1", "fine"),
    ("down2", "coarse"),
    ("bottom", "bottom"),
    ("dec2", "join_coarse.level"),
    ("dec1", "join_fine.level"),
)

UNET = Pair(
    name="unet",
    theirs=TheirUNet,
    ours=OurUNet,
    batch=batch,
    odd=odd,
    parts=(
        *(
            (t + a, o + b)
            for t, o in _LEVELS
            for a, b in (
                ("", ""),
                (".0", ".one.conv"),
                (".1", ".one.norm"),
                (".3", ".two.conv"),
                (".4", ".two.norm"),
            )
        ),
        ("up2", "join_coarse.up"),
        ("out", "classes"),
    ),
)
