"""Bind network, loss, optimizer and schedule to the trainer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lightning as L
from torch.distributed.fsdp import FSDPModule, fully_shard

from ..metrics.report import report

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from lightning.pytorch.utilities.types import OptimizerLRScheduler
    from torch import Tensor, nn

    Batch = tuple[list[Tensor], Tensor]

SHARDED = 1_000_000
"""A part with so many parameters, and none within that has as many, is shared out by itself (trainer=fsdp)."""


class Task(L.LightningModule):
    """One step of training, one of evaluation. It holds no numbers: every part comes ready from `configs/`."""

    def __init__(
        self,
        network: nn.Module,
        *,
        loss: Callable[[Any, Tensor], dict[str, Tensor]],
        optimizer: Callable[[nn.Module], torch.optim.Optimizer],
        scheduler: Callable[..., torch.optim.lr_scheduler.LRScheduler],
    ) -> None:
        super().__init__()
        self.network = network
        self.loss, self.optimizer, self.scheduler = loss, optimizer, scheduler

    def configure_model(self) -> None:
        """Share out the parts where the strategy has several processes share one model (trainer=fsdp), once."""
        if self.device_mesh is None or isinstance(self.network, FSDPModule):
            return
        mesh = self.device_mesh["data_parallel"]
        for part in list(self.network.modules())[:0:-1]:
            if sum(one.numel() for one in part.parameters()) >= SHARDED:
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
        """Report one batch of the validation split."""
        self._step("val", batch)

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        """Report one batch of the test split."""
        self._step("test", batch)

    def _step(self, split: str, batch: Batch) -> Tensor:
        inputs, target = batch
        output = self.network(*inputs)
        terms = self.loss(output, target)
        values = {f"loss_{name}": value.detach() for name, value in terms.items()}
        values |= {name: value.detach() for name, value in report(output, target).items()}
        # Means over an epoch, weighted by the size of each batch and taken over all processes.
        self.log_dict(
            {f"{split}/{name}": value for name, value in values.items()},
            on_step=False,
            on_epoch=True,
            sync_dist=True,
            batch_size=len(target),
        )
        return terms["total"]
