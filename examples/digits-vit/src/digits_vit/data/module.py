"""Loaders for training, validation and test, from any source."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import lightning as L
import numpy as np
import torch
from scaffold.core.errors import ScaffoldError
from torch.utils.data import DataLoader

from .changed import Batchable
from .order import EpochSampler
from .source import Subset

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from .source import Image, Samples, Splits

    Loader = DataLoader[tuple[Tensor, int]]


class ImageData(L.LightningDataModule):
    """Images with classes. The numbers come from `configs/data/`.

    Args:
        source: Gives the three splits; called once in every process.
        augment: Changes training images, and no others.
        channels: Of an image, as the model is built for them; likewise the next two.
        image_size: Height and width.
        classes: Labels go from 0 to one less.
        batch_size: Over all processes together, so that a result does not depend on their number.
        limit: Train on so many samples only.
        workers: Processes that read ahead; 0 reads in the training process.
        seed: Fixes order and augmentation; the split has its own.
    """

    def __init__(
        self,
        *,
        source: Callable[[], Splits],
        augment: Callable[[Image, np.random.Generator], Image] | None,
        channels: int,
        image_size: int,
        classes: int,
        batch_size: int,
        limit: int | None,
        workers: int,
        seed: int,
    ) -> None:
        super().__init__()
        self.source, self.augment, self.classes = source, augment, classes
        self.shape = (channels, image_size, image_size)
        self.batch_size, self.limit, self.workers, self.seed = batch_size, limit, workers, seed

    @cached_property
    def splits(self) -> Splits:
        """Read the source, and see that its images are what the model expects."""
        splits = self.source()
        image, label = splits.train[0]
        if image.shape != self.shape or label >= self.classes:
            raise ScaffoldError(
                f"the source gives images {image.shape} and a label {label},"
                f" the model is built for {self.shape} and {self.classes} classes",
                where="configs/data",
                remedy="set data.channels, data.image_size and data.classes to what the source gives",
            )
        return splits

    def train_dataloader(self) -> Loader:
        """Shuffle, augment, and drop the last short batch."""
        train = self.splits.train
        if self.limit is not None:
            train = Subset(train, np.arange(self.limit))
        return self._loader(train, training=True)

    def val_dataloader(self) -> Loader:
        """Give every sample once, unchanged."""
        return self._loader(self.splits.val, training=False)

    def test_dataloader(self) -> Loader:
        """Give every sample once, unchanged."""
        return self._loader(self.splits.test, training=False)

    def _loader(self, samples: Samples, *, training: bool) -> Loader:
        trainer = self.trainer
        rank, world = (trainer.global_rank, trainer.world_size) if trainer else (0, 1)
        # Workers begin to read before the trainer calls set_epoch.
        epoch = trainer.fit_loop.epoch_progress.current.processed if trainer else 0  # type: ignore[attr-defined]
        if self.batch_size % world:
            raise ScaffoldError(
                f"a batch of {self.batch_size} cannot be shared by {world} processes",
                where="data.batch_size",
                remedy="use a multiple of the number of processes",
            )
        return DataLoader(
            Batchable(samples, seed=self.seed, augment=self.augment if training else None),
            batch_size=self.batch_size // world,
            sampler=EpochSampler(
                len(samples), seed=self.seed, shuffle=training, epoch=epoch, rank=rank, world=world
            ),
            drop_last=training,
            num_workers=self.workers,
            # A loader draws a number when it begins; from a source of its own, so that the global one stays put.
            generator=torch.Generator().manual_seed(self.seed),
        )
