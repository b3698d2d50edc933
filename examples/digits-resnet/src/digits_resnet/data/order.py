"""The order of samples, as a function of seed, epoch and index alone.

So an epoch is the same with any number of workers, after a resume, and spread over any number of processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch.utils.data import Sampler

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = tuple[int, int]
"""Epoch and index of a sample: what a sampler hands to a dataset."""


class EpochSampler(Sampler[Key]):
    """Hand out one process's share of an epoch."""

    def __init__(
        self, count: int, *, seed: int, shuffle: bool, epoch: int = 0, rank: int = 0, world: int = 1
    ) -> None:
        self.count, self.seed, self.shuffle, self.epoch = count, seed, shuffle, epoch
        self.rank, self.world = rank, world

    def set_epoch(self, epoch: int) -> None:
        """Begin another epoch; the trainer calls this."""
        self.epoch = epoch

    def __len__(self) -> int:
        # In training every process must take as many steps as the others; in evaluation every sample counts once.
        whole = self.count // self.world
        return whole if self.shuffle else whole + (self.rank < self.count % self.world)

    def __iter__(self) -> Iterator[Key]:
        order = np.arange(self.count)
        if self.shuffle:
            order = np.random.default_rng((self.seed, self.epoch)).permutation(self.count)
        for index in order[self.rank :: self.world][: len(self)]:
            yield self.epoch, int(index)
