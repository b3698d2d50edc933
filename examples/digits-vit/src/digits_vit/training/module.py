"""Bind network, loss, optimizer and schedule to the trainer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lightning as L
from torch.distributed.fsdp import FSDPModule, fully_shard

from ..metrics.accuracy import accuracy
from ..models.block import Block

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from lightning.pytorch.utilities.types import OptimizerLRScheduler
    from torch import Tensor, nn

    Batch = tuple[Tensor, Tensor]


class Task(L.LightningModule):
    """One step of training, one of evaluation. It holds no numbers: every part comes ready from `configs/`."""

    def __init__(
        self,
        network: nn.Module,
        *,
        loss: Callable[[Tensor, Tensor], dict[str, Tensor]],
        optimizer: Callable[[nn.Module], torch.optim.Optimizer],
        scheduler: Callable[..., torch.optim.lr_scheduler.LRScheduler],
    ) -> None:
        super().__init__()
        self.network = network
        self.loss, self.optimizer, self.scheduler = loss, optimizer, scheduler

    def configure_model(self) -> None:
        """Shard the blocks where the strategy has several processes share one model (trainer=fsdp), once."""
        if self.device_mesh is None or isinstance(self.network, FSDPModule):
            return
        mesh = self.device_mesh["data_parallel"]
        for part in self.network.modules():
            if isinstance(part, Block):
                fully_shard(part, mesh=mesh)
        fully_shard(self.network, mesh=mesh)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Build the optimizer, and a schedule that is stepped once per optimizer step."""
        optimizer = self.optimizer(self.network)
        scheduler = self.scheduler(
            optimizer, total_steps=int(self.trainer.estimated_stepping_batches)
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step", "frequency": 1},
        }

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Compute the loss of one batch."""
        return self._step("train", batch)

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Report loss and accuracy of one batch of the validation split."""
        self._step("val", batch)

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        """Report loss and accuracy of one batch of the test split."""
        self._step("test", batch)

    def _step(self, split: str, batch: Batch) -> Tensor:
        images, labels = batch
        logits = self.network(images)
        terms = self.loss(logits, labels)
        values = {f"loss_{name}": value.detach() for name, value in terms.items()}
        values["accuracy"] = accuracy(logits.detach(), labels)
        # Means over an epoch, weighted by the size of each batch and taken over all processes.
        self.log_dict(
            {f"{split}/{name}": value for name, value in values.items()},
            on_step=False,
            on_epoch=True,
            sync_dist=True,
            batch_size=len(labels),
        )
        return terms["total"]
