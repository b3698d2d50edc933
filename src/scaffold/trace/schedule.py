"""Write a schedule down as a table: one learning rate per step and group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LRScheduler

    MakeSchedule = Callable[[Optimizer, int], LRScheduler]

WHOLE = 8192
"""A table up to this length is kept whole; a longer one at chosen steps."""
EDGE, STRIDES, TURNS = 256, 4096, 256


def table(optimizer: Optimizer, make_schedule: MakeSchedule, steps: int) -> np.ndarray:
    """Return the learning rate that each step is taken with, in float64: steps by groups."""
    schedule = make_schedule(optimizer, steps)
    rates = np.empty((steps, len(optimizer.param_groups)), dtype=np.float64)
    for step in range(steps):
        rates[step] = [float(group["lr"]) for group in optimizer.param_groups]
        optimizer.step()
        try:
            schedule.step()
        except TypeError as error:
            raise ScaffoldError(
                f"the schedule cannot be stepped without a measurement ({error})",
                where=f"schedule, step {step}",
                remedy="return a schedule that is a function of the step alone",
            ) from error
    return rates


def chosen(rates: np.ndarray) -> np.ndarray:
    """Return the steps to keep of a long table: both ends, a stride, and every sharp turn."""
    steps = len(rates)
    if steps <= WHOLE:
        return np.arange(steps)
    bend = np.abs(np.diff(rates, n=2, axis=0)).max(axis=1)
    turns = np.argsort(-bend, kind="stable")[:TURNS] + 1
    near = (turns[:, None] + np.arange(-1, 2)).ravel()
    kept = np.concatenate(
        [
            np.arange(EDGE),
            np.arange(0, steps, -(-steps // STRIDES)),
            near,
            steps - 1 - np.arange(EDGE),
        ]
    )
    return np.unique(kept)
