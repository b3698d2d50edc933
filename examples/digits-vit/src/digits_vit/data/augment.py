"""Random changes of training images. Drawing and applying are two functions, so that either can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from .source import Image


class Shift(NamedTuple):
    """How far an image moves, in pixels: right and down."""

    x: int
    y: int


class RandomShift:
    """Move an image by up to `pixels` in both directions; what it uncovers is 0."""

    def __init__(self, *, pixels: int, probability: float) -> None:
        self.pixels, self.probability = pixels, probability

    def get_params(self, rng: np.random.Generator) -> Shift:
        """Draw a shift: none with 1 - probability, else each one alike, both ends included."""
        moves = rng.random() < self.probability
        x, y = rng.integers(-self.pixels, self.pixels, size=2, endpoint=True)
        return Shift(int(x), int(y)) if moves else Shift(0, 0)

    def apply(self, image: Image, shift: Shift) -> Image:
        """Move an image C H W."""
        n = self.pixels
        _, H, W = image.shape
        padded = np.pad(image, ((0, 0), (n, n), (n, n)))
        return padded[:, n - shift.y : n - shift.y + H, n - shift.x : n - shift.x + W]

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        """Move an image as chance has it."""
        return self.apply(image, self.get_params(rng))
