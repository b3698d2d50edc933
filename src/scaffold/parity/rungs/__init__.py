"""Judge the rungs about training: each gives rows from a bundle, a candidate and a weight map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung, RungRow
from scaffold.parity.rungs import (
    backward,
    data,
    ema,
    gradient,
    init,
    loss,
    metrics,
    optimizer,
    precision,
    schedule,
    steps,
    train,
)
from scaffold.trace.offered import GOLDENS

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

    Judge = Callable[[Bundle, Subject, WeightMap], tuple[RungRow, ...]]

__all__ = ["GOLDENS", "JUDGES"]

JUDGES: dict[Rung, Judge] = {
    Rung.LOSS: loss.rows,
    Rung.BACKWARD: backward.rows,
    Rung.GRADIENT: gradient.rows,
    Rung.TRAIN: train.rows,
    Rung.OPTIMIZER: optimizer.rows,
    Rung.SCHEDULE: schedule.rows,
    Rung.EMA: ema.rows,
    Rung.STATE: steps.state_rows,
    Rung.INIT: init.rows,
    Rung.DATA: data.rows,
    Rung.METRICS: metrics.rows,
    Rung.TRACE: steps.trace_rows,
    Rung.PRECISION: precision.rows,
}
"""In the order in which the ladder is climbed."""
