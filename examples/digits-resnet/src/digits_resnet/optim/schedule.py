"""The learning rate over the steps of a training: a linear warm-up, then half a cosine."""

from __future__ import annotations

import math
from functools import partial

import torch


def warmup_cosine(
    optimizer: torch.optim.Optimizer, *, total_steps: int, warmup_share: float
) -> torch.optim.lr_scheduler.LRScheduler:
    """Schedule the learning rate, once per optimizer step. The share comes from `configs/scheduler/`."""
    warmup_steps = int(warmup_share * total_steps)
    shape = partial(factor, total_steps=total_steps, warmup_steps=warmup_steps)
    return torch.optim.lr_scheduler.LambdaLR(optimizer, shape, last_epoch=-1)


def factor(step: int, *, total_steps: int, warmup_steps: int) -> float:
    """Compute what the base learning rate is multiplied by at a step, counted from 0.

    The first step already moves (1 / warmup_steps, not 0); the last step of the warm-up has the full rate.
    """
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
