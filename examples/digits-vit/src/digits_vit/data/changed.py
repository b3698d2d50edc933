"""Samples as tensors, and their randomness as a function of seed, epoch and index alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.utils.data import Dataset

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from .order import Key
    from .source import Image, Samples


class Batchable(Dataset[tuple["Tensor", int]]):
    """Samples as tensors, changed at random where an augmentation is given."""

    def __init__(
        self,
        samples: Samples,
        *,
        seed: int,
        augment: Callable[[Image, np.random.Generator], Image] | None = None,
    ) -> None:
        self.samples, self.seed, self.augment = samples, seed, augment

    def __getitem__(self, key: Key) -> tuple[Tensor, int]:
        epoch, index = key
        image, label = self.samples[index]
        if self.augment is not None:
            image = self.augment(image, np.random.default_rng((self.seed, epoch, index)))
        return torch.from_numpy(np.ascontiguousarray(image)), label
