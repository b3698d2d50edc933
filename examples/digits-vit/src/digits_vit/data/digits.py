"""Handwritten digits that come with scikit-learn: 1,797 images of 8 x 8, see `docs/datasheet.md`."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from .source import Image, Splits, Subset, cut

LARGEST_GREY = 16.0
"""Grey values are whole numbers from 0 to 16."""


def as_image(grey_HW: np.ndarray) -> Image:
    """Bring grey values to the range from 0 to 1, and put the one channel first."""
    return (grey_HW / LARGEST_GREY).astype(np.float32)[None]


def digits(*, validation: int, test: int, split_seed: int) -> Splits:
    """Load the digits and split them at random, the same way everywhere."""
    raw = load_digits()
    pairs = zip(raw.images, raw.target, strict=True)
    samples = [(as_image(grey), int(label)) for grey, label in pairs]
    parts = cut(len(samples), (validation, test), seed=split_seed)
    return Splits(*(Subset(samples, part) for part in parts))
