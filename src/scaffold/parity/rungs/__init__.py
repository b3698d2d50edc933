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
from scaffold.trace import roles

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

    Judge = Callable[[Bundle, Subject, WeightMap], tuple[RungRow, ...]]

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

GOLDENS: dict[Rung, str] = {
    Rung.LOSS: roles.LOSS_TARGET,
    Rung.BACKWARD: roles.PART_COTANGENT,
    Rung.GRADIENT: roles.GRADIENT,
    Rung.TRAIN: roles.TRAIN_OUTPUT,
    Rung.OPTIMIZER: roles.UPDATE,
    Rung.SCHEDULE: roles.SCHEDULE_RATE,
    Rung.EMA: roles.EMA_STATE,
    Rung.STATE: roles.STEP_STATE,
    Rung.INIT: roles.BUILT,
    Rung.DATA: roles.DATA_SOURCE,
    Rung.METRICS: roles.METRIC_VALUE,
    Rung.TRACE: roles.TRACE_LOSS,
    Rung.PRECISION: roles.WORKING,
}
"""The role that shows whether a bundle holds goldens of a rung."""
