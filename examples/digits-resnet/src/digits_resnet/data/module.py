"""Loaders for training, validation and test, from any source."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import lightning as L
import torch
from scaffold.core.errors import ScaffoldError
from torch.utils.data import DataLoader, Dataset

from .order import EpochSampler, Key
from .source import Sample, Samples, Splits, Subset, cut

if TYPE_CHECKING:
    from collections.abc import Callable

    Loader = DataLoader[Sample]


class Keyed(Dataset[Sample]):
    """Samples by epoch and index, as the sampler hands them out."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def __getitem__(self, key: Key) -> Sample:
        return self.samples[key[1]]


class SampleData(L.LightningDataModule):
    """Samples of one source. The numbers come from `configs/data/`.

    Args:
        source: Gives all samples of a model's size.
        size: `full` or `twin`.
        validation: So many samples are for validation.
        test: So many for the test.
        split_seed: Fixes which.
        batch_size: Over all processes together, so that a result does not depend on their number.
        limit: Train on so many samples only.
        seed: Fixes the order.
    """

    def __init__(
        self,
        *,
        source: Callable[..., Samples],
        size: str,
        validation: int,
        test: int,
        split_seed: int,
        batch_size: int,
        limit: int | None,
        seed: int,
    ) -> None:
        super().__init__()
        self.source, self.size = source, size
        self.validation, self.test, self.split_seed = validation, test, split_seed
        self.batch_size, self.limit, self.seed = batch_size, limit, seed

    @cached_property
    def splits(self) -> Splits:
        """Read the source and split it."""
        samples = self.source(size=self.size)
        return cut(samples, validation=self.validation, test=self.test, seed=self.split_seed)

    def train_dataloader(self) -> Loader:
        """Shuffle, and drop the last short batch."""
        train = self.splits.train
        if self.limit is not None:
            train = Subset(train, range(min(self.limit, len(train))))
        return self._loader(train, training=True)

    def val_dataloader(self) -> Loader:
        """Give every sample once."""
        return self._loader(self.splits.val, training=False)

    def test_dataloader(self) -> Loader:
        """Give every sample once."""
        return self._loader(self.splits.test, training=False)

    def _loader(self, samples: Samples, *, training: bool) -> Loader:
        trainer = self.trainer
        rank, world = (trainer.global_rank, trainer.world_size) if trainer else (0, 1)
        epoch = trainer.fit_loop.epoch_progress.current.processed if trainer else 0  # type: ignore[attr-defined]
        if self.batch_size % world:
            raise ScaffoldError(
                f"a batch of {self.batch_size} cannot be shared by {world} processes",
                where="data.batch_size",
                remedy="use a multiple of the number of processes",
            )
        return DataLoader(
            Keyed(samples),
            batch_size=self.batch_size // world,
            sampler=EpochSampler(
                len(samples), seed=self.seed, shuffle=training, epoch=epoch, rank=rank, world=world
            ),
            drop_last=training,
            # A loader draws a number when it begins; from a source of its own, so that the global one stays put.
            generator=torch.Generator().manual_seed(self.seed),
        )
