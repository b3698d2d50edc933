"""Our side of the comparison: the model, loss, optimizer, schedule and training of this repository as configured.

Everything is built from `configs/`, so a wrong number there is a wrong candidate.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import lightning as L
from hydra.utils import instantiate
from torch.utils.data import DataLoader

from digits_resnet.training.module import Task
from digits_resnet.training.run import settings

if TYPE_CHECKING:
    import torch
    from omegaconf import DictConfig
    from torch import Tensor, nn


@cache
def configured(size: str = "twin") -> DictConfig:
    """Compose what `make train` composes, with the model of a size."""
    return settings("train", f"model={size}", "paths.output=unused")


def build(size: str = "twin") -> nn.Module:
    """Build the network with fresh weights."""
    return instantiate(configured(size).model)


def loss_terms(output: Any, target: Tensor) -> dict[str, Tensor]:
    """Compute every term of the loss, and `total`."""
    return instantiate(configured().loss)(output, target)


def optimizer(model: nn.Module) -> torch.optim.Optimizer:
    """Build the optimizer with its parameter groups."""
    return instantiate(configured().optimizer)(model)


def schedule(
    optimizer: torch.optim.Optimizer, total_steps: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """Build the schedule of the learning rate."""
    return instantiate(configured().scheduler)(optimizer, total_steps=total_steps)


class Trace(L.Callback):
    """Keep the loss of every step."""

    def __init__(self) -> None:
        self.losses: list[float] = []

    def on_train_batch_end(self, trainer, module, outputs, batch, index) -> None:
        """Keep one."""
        self.losses.append(float(outputs["loss"]))


def train(model: nn.Module, batches: list[tuple[tuple[Tensor, ...], Tensor]]) -> list[float]:
    """Train on batches with the trainer's own settings, in place; return the total loss of every step."""
    cfg, trace = configured(), Trace()
    trainer = instantiate(cfg.trainer, _partial_=True)(
        max_epochs=1,
        callbacks=[trace],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        limit_val_batches=0,
    )
    module = Task(model, loss=loss_terms, optimizer=optimizer, scheduler=instantiate(cfg.scheduler))
    module.train()  # it may come from a comparison in evaluation mode, which the trainer would keep
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the trainer misses a validation
        trainer.fit(module, DataLoader(batches, batch_size=None, shuffle=False))
    return trace.losses
