"""A detector with cells: a cross-stage body, pooling pyramids, an upward path, boxes of anchors."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair

COLOURS, WIDTH, CLASSES = 3, 8, 2
STRIDES = (4, 8)
SIZES = (((6.0, 9.0), (10.0, 7.0)), ((14.0, 20.0), (24.0, 15.0)))
OUT = 5 + CLASSES


class ConvBN(nn.Module):
    """Convolution, norm, curve."""

    def __init__(self, enter: int, leave: int, k: int = 1, s: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(enter, leave, k, s, k // 2, bias=False)
        self.bn = nn.BatchNorm2d(leave, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """SiLU."""
        return functional.silu(self.bn(self.conv(x)))


class C3(nn.Module):
    """Half goes through a bottleneck, half goes around it."""

    def __init__(self, enter: int, leave: int) -> None:
        super().__init__()
        self.cv1 = ConvBN(enter, leave // 2)
        self.cv2 = ConvBN(enter, leave // 2)
        self.m1 = ConvBN(leave // 2, leave // 2)
        self.m2 = ConvBN(leave // 2, leave // 2, 3)
        self.cv3 = ConvBN(leave, leave)

    def forward(self, x: Tensor) -> Tensor:
        """Joined at the end."""
        y = self.cv1(x)
        y = y + self.m2(self.m1(y))
        return self.cv3(torch.cat((y, self.cv2(x)), dim=1))


class SPP(nn.Module):
    """The same map under larger and larger windows."""

    def __init__(self) -> None:
        super().__init__()
        self.cv1 = ConvBN(WIDTH, WIDTH // 2)
        self.cv2 = ConvBN(2 * WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Windows of 5, 9 and 13 places."""
        x = self.cv1(x)
        pools = [functional.max_pool2d(x, k, stride=1, padding=k // 2) for k in (5, 9, 13)]
        return self.cv2(torch.cat([x, *pools], dim=1))


class TheirCells(nn.Module):
    """Two maps, two anchors each."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvBN(COLOURS, WIDTH, 3, 2)
        self.stage1 = ConvBN(WIDTH, WIDTH, 3, 2)
        self.c3_1 = C3(WIDTH, WIDTH)
        self.stage2 = ConvBN(WIDTH, WIDTH, 3, 2)
        self.spp = SPP()
        self.lateral = ConvBN(WIDTH, WIDTH)
        self.c3_2 = C3(2 * WIDTH, WIDTH)
        self.detect = nn.ModuleList(nn.Conv2d(WIDTH, 2 * OUT, 1) for _ in STRIDES)

    def forward(self, image: Tensor) -> Tensor:
        """One row for each anchor: middle, size, whether, what."""
        fine = self.c3_1(self.stage1(self.stem(image)))
        coarse = self.spp(self.stage2(fine))
        up = functional.interpolate(self.lateral(coarse), size=fine.shape[-2:], mode="nearest")
        maps = [self.c3_2(torch.cat([up, fine], dim=1)), coarse]
        found = []
        for head, x, stride, sizes in zip(self.detect, maps, STRIDES, SIZES, strict=True):
            b, _, h, w = x.shape
            y = head(x).view(b, 2, OUT, h, w).permute(0, 1, 3, 4, 2).sigmoid()
            gy, gx = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
            grid = torch.stack((gx, gy), dim=-1).to(x.dtype)
            anchors = torch.tensor(sizes, dtype=x.dtype).view(1, 2, 1, 1, 2)
            xy = (y[..., :2] * 2 - 0.5 + grid) * stride
            wh = (y[..., 2:4] * 2) ** 2 * anchors
            found.append(torch.cat((xy, wh, y[..., 4:]), dim=-1).reshape(b, -1, OUT))
        return torch.cat(found, dim=1)


class Unit(nn.Module):
    """Convolution, norm, curve."""

    def __init__(self, enter: int, leave: int, kernel: int = 1, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(enter, leave, kernel, stride, (kernel - 1) // 2, bias=False)
        self.norm = nn.BatchNorm2d(leave, eps=0.001)
        self.act = nn.SiLU()

    def forward(self, x: Tensor) -> Tensor:
        """One after the other."""
        return self.act(self.norm(self.conv(x)))


class Around(nn.Module):
    """Two ways, joined."""

    def __init__(self, enter: int, leave: int) -> None:
        super().__init__()
        self.through = Unit(enter, leave // 2)
        self.twice = nn.Sequential(
            Unit(leave // 2, leave // 2), Unit(leave // 2, leave // 2, kernel=3)
        )
        self.around = Unit(enter, leave // 2)
        self.join = Unit(leave, leave)

    def forward(self, x: Tensor) -> Tensor:
        """The way through comes first."""
        y = self.through(x)
        return self.join(torch.cat((self.twice(y) + y, self.around(x)), 1))


class Windows(nn.Module):
    """Windows of windows: three times five places."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = Unit(WIDTH, WIDTH // 2)
        self.pool = nn.MaxPool2d(5, stride=1, padding=2)
        self.join = Unit(2 * WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Five of five of five are thirteen."""
        seen = [self.narrow(x)]
        for _ in range(3):
            seen.append(self.pool(seen[-1]))
        return self.join(torch.cat(seen, 1))


class Cells(nn.Module):
    """What a head says, as boxes."""

    def __init__(self, stride: int, sizes: tuple[tuple[float, float], ...]) -> None:
        super().__init__()
        self.stride = stride
        self.sizes = sizes
        self.head = nn.Conv2d(WIDTH, len(sizes) * OUT, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Anchor after anchor, each row by row."""
        said = self.head(x).unflatten(1, (len(self.sizes), OUT)).movedim(2, -1)
        move, stretch, rest = torch.sigmoid(said).split((2, 2, OUT - 4), dim=-1)
        across = torch.arange(x.shape[-1], dtype=x.dtype)
        down = torch.arange(x.shape[-2], dtype=x.dtype)
        cell = torch.stack((across.expand(len(down), -1), down[:, None].expand(-1, len(across))), 2)
        middle = (move * 2 - 0.5 + cell) * self.stride
        size = torch.pow(stretch * 2, 2) * torch.tensor(self.sizes, dtype=x.dtype)[:, None, None]
        return torch.cat((middle, size, rest), -1).flatten(1, 3)


class OurAnchored(nn.Module):
    """Body, neck, two heads."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            Unit(COLOURS, WIDTH, 3, 2), Unit(WIDTH, WIDTH, 3, 2), Around(WIDTH, WIDTH)
        )
        self.deeper = nn.Sequential(Unit(WIDTH, WIDTH, 3, 2), Windows())
        self.side = Unit(WIDTH, WIDTH)
        self.neck = Around(2 * WIDTH, WIDTH)
        self.cells = nn.ModuleList(map(Cells, STRIDES, SIZES))

    def forward(self, image: Tensor) -> Tensor:
        """One row for each anchor: middle, size, whether, what."""
        fine = self.body(image)
        coarse = self.deeper(fine)
        grown = functional.interpolate(self.side(coarse), size=fine.shape[2:])
        joined = self.neck(torch.cat((grown, fine), 1))
        return torch.cat((self.cells[0](joined), self.cells[1](coarse)), 1)


def batch() -> tuple[Tensor, ...]:
    """Images with a box in them."""
    x = torch.randn(2, COLOURS, 32, 32) * 0.5
    x[:, :, 6:20, 10:26] += 1.0
    return (x,)


def odd() -> tuple[Tensor, ...]:
    """Sides that no stride divides."""
    return (torch.randn(1, COLOURS, 37, 29),)


_UNITS = (
    ("stem", "body.0"),
    ("stage1", "body.1"),
    ("stage2", "deeper.0"),
    ("spp.cv1", "deeper.1.narrow"),
    ("spp.cv2", "deeper.1.join"),
    ("lateral", "side"),
    *(
        (f"{a}.{c}", f"{b}.{d}")
        for a, b in (("c3_1", "body.2"), ("c3_2", "neck"))
        for c, d in (
            ("cv1", "through"),
            ("m1", "twice.0"),
            ("m2", "twice.1"),
            ("cv2", "around"),
            ("cv3", "join"),
        )
    ),
)

ANCHORED = Pair(
    name="anchored",
    theirs=TheirCells,
    ours=OurAnchored,
    batch=batch,
    odd=odd,
    parts=(
        ("c3_1", "body.2"),
        ("c3_2", "neck"),
        ("spp", "deeper.1"),
        *_UNITS,
        *((f"{a}.conv", f"{b}.conv") for a, b in _UNITS),
        *((f"{a}.bn", f"{b}.norm") for a, b in _UNITS),
        ("detect.{i}", "cells.{i}.head"),
    ),
)
