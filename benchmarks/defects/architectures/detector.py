"""The head of a detector: two maps, shared towers, anchors, and decoded boxes."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair

WIDTH, CLASSES, STRIDES = 8, 4, (8, 16)
RATIOS, SCALES = (0.5, 1.0, 2.0), (1.0, 1.5)
COUNT = len(RATIOS) * len(SCALES)


class TheirHead(nn.Module):
    """Towers with their final layers, as torchvision's RetinaNet has them."""

    def __init__(self, out: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(WIDTH, WIDTH, 3, padding=1), nn.GroupNorm(4, WIDTH), nn.ReLU(inplace=True)
        )
        self.predict = nn.Conv2d(WIDTH, COUNT * out, 3, padding=1)
        self.out = out

    def forward(self, maps: list[Tensor]) -> Tensor:
        """Give one row per anchor."""
        rows = []
        for x in maps:
            y = self.predict(self.conv(x))
            n, _, h, w = y.shape
            y = y.view(n, COUNT, self.out, h, w).permute(0, 3, 4, 1, 2)
            rows.append(y.reshape(n, -1, self.out))
        return torch.cat(rows, dim=1)


class TheirDetector(nn.Module):
    """Two convolutions make the maps."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.ModuleList(
            [
                nn.Conv2d(3, WIDTH, 8, 8),
                nn.Conv2d(WIDTH, WIDTH, 3, 2, 1),
            ]
        )
        self.classification_head = TheirHead(CLASSES)
        self.regression_head = TheirHead(4)

    def anchors(self, maps: list[Tensor]) -> Tensor:
        """Give the corners of all anchors."""
        every = []
        for x, stride in zip(maps, STRIDES, strict=True):
            sizes = torch.tensor(SCALES, dtype=x.dtype) * 4 * stride
            ratios = torch.tensor(RATIOS, dtype=x.dtype).sqrt()
            widths = (sizes[None, :] / ratios[:, None]).flatten()
            heights = (sizes[None, :] * ratios[:, None]).flatten()
            base = torch.stack([-widths, -heights, widths, heights], 1) / 2
            ys, xs = torch.meshgrid(
                torch.arange(x.shape[2]), torch.arange(x.shape[3]), indexing="ij"
            )
            centre = torch.stack([xs, ys, xs, ys], -1).reshape(-1, 1, 4).to(x.dtype) + 0.5
            every.append((centre * stride + base).reshape(-1, 4))
        return torch.cat(every)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Give scores and boxes of all anchors."""
        fine = self.body[0](image).relu()
        maps = [fine, self.body[1](fine).relu()]
        scores = self.classification_head(maps).sigmoid()
        deltas = self.regression_head(maps)
        boxes = self.anchors(maps)
        size = boxes[:, 2:] - boxes[:, :2]
        middle = boxes[:, :2] + 0.5 * size
        middle = middle + deltas[..., :2] * 0.1 * size
        size = size * torch.exp((deltas[..., 2:] * 0.2).clamp(max=4.0))
        return scores, torch.cat([middle - 0.5 * size, middle + 0.5 * size], -1)


class Tower(nn.Module):
    """Convolution, normalisation, activation, prediction."""

    def __init__(self, out: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(WIDTH, WIDTH, 3, padding=1)
        self.norm = nn.GroupNorm(4, WIDTH)
        self.last = nn.Conv2d(WIDTH, COUNT * out, 3, padding=1)
        self.out = out

    def forward(self, x: Tensor) -> Tensor:
        """Give one row per place and anchor of one map."""
        y = self.last(functional.relu(self.norm(self.mix(x))))
        y = y.unflatten(1, (COUNT, self.out)).permute(0, 3, 4, 1, 2)
        return y.flatten(1, 3)


class Anchors(nn.Module):
    """Centre and size of every anchor of one map."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.offset = 0.5
        self.scales = SCALES
        self.ratios = RATIOS

    def forward(self, x: Tensor) -> Tensor:
        """Give rows of x, y, width, height."""
        h, w = x.shape[-2:]
        sides = [
            (4 * self.stride * scale / ratio**0.5, 4 * self.stride * scale * ratio**0.5)
            for ratio in self.ratios
            for scale in self.scales
        ]
        sizes = torch.tensor(sides, dtype=x.dtype)
        across = (torch.arange(w, dtype=x.dtype) + self.offset) * self.stride
        down = (torch.arange(h, dtype=x.dtype) + self.offset) * self.stride
        centres = torch.cartesian_prod(down, across).flip(-1)
        centres = centres[:, None].expand(-1, len(sizes), -1)
        return torch.cat((centres, sizes.expand(len(centres), -1, -1)), dim=-1).flatten(0, 1)


class Decode(nn.Module):
    """Move and stretch anchors by what the head says."""

    def forward(self, anchors: Tensor, deltas: Tensor) -> Tensor:
        """Give corners."""
        xy, wh = anchors[:, :2], anchors[:, 2:]
        move, stretch = deltas.split(2, dim=-1)
        centre = xy + move * 0.1 * wh
        size = wh * torch.exp(torch.clamp(stretch * 0.2, max=4.0))
        return torch.cat((centre - size / 2, centre + size / 2), dim=-1)


class OurDetector(nn.Module):
    """The same head out of smaller parts."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Conv2d(3, WIDTH, 8, stride=8)
        self.coarse = nn.Conv2d(WIDTH, WIDTH, 3, stride=2, padding=1)
        self.classes = Tower(CLASSES)
        self.boxes = Tower(4)
        self.anchors = nn.ModuleList(Anchors(stride) for stride in STRIDES)
        self.decode = Decode()

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Give scores and boxes of all anchors."""
        fine = torch.relu(self.fine(image))
        coarse = torch.relu(self.coarse(fine))
        maps = (fine, coarse)
        scores = torch.cat([self.classes(x) for x in maps], dim=1)
        deltas = torch.cat([self.boxes(x) for x in maps], dim=1)
        anchors = torch.cat([a(x) for a, x in zip(self.anchors, maps, strict=True)], dim=0)
        return torch.sigmoid(scores), self.decode(anchors, deltas)


def batch() -> tuple[Tensor, ...]:
    """Images with a box in them."""
    x = torch.randn(2, 3, 40, 56) * 0.5
    x[:, :, 8:30, 16:40] += 1.0
    return (x,)


def odd() -> tuple[Tensor, ...]:
    """Sides that no stride divides."""
    return (torch.randn(1, 3, 45, 37),)


_HEADS = (("classification_head", "classes"), ("regression_head", "boxes"))

DETECTOR = Pair(
    name="detector",
    theirs=TheirDetector,
    ours=OurDetector,
    batch=batch,
    odd=odd,
    parts=(
        ("body.0", "fine"),
        ("body.1", "coarse"),
        *(
            (t + a, o + b)
            for t, o in _HEADS
            for a, b in ((".conv.0", ".mix"), (".conv.1", ".norm"), (".predict", ".last"))
        ),
    ),
)
