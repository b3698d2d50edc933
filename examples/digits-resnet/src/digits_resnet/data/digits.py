"""Handwritten digits that come with scikit-learn, brought to the size of the model's images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .source import Sample

LARGEST_GREY = 16.0
"""Grey values are whole numbers from 0 to 16."""


class Images:
    """Digits as images of a model, each made when it is asked for."""

    def __init__(
        self,
        shape: tuple[int, int, int],
        *,
        mean: Sequence[float],
        std: Sequence[float],
        interpolation: str,
        classes: int,
    ) -> None:
        raw = load_digits()
        self.grey = torch.tensor(raw.images, dtype=torch.float32) / LARGEST_GREY
        self.labels = torch.tensor(raw.target) % classes
        self.shape, self.interpolation = shape, interpolation
        self.mean = torch.tensor(list(mean))[:, None, None]
        self.std = torch.tensor(list(std))[:, None, None]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> Sample:
        image = F.interpolate(
            self.grey[index][None, None],
            list(self.shape[1:]),
            mode=self.interpolation,
            align_corners=False,
            antialias=False,
        )[0].expand(self.shape)
        return ((image - self.mean) / self.std,), self.labels[index]


def digits(
    *,
    size: str,
    shape: Mapping[str, Sequence[int]],
    mean: Sequence[float],
    std: Sequence[float],
    interpolation: str,
    classes: int,
) -> Images:
    """Give every digit as an image of a model of a size; labels are taken modulo its classes."""
    channels, height, width = shape[size]
    return Images(
        (channels, height, width), mean=mean, std=std, interpolation=interpolation, classes=classes
    )
