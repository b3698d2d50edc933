"""Judge the rungs about training: each gives rows from a bundle, a candidate and a weight map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung, RungRow
from scaffold.parity.rungs import gradient, init, loss, optimizer, schedule, steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

    Judge = Callable[[Bundle, Subject, WeightMap], tuple[RungRow, ...]]

JUDGES: dict[Rung, Judge] = {
    Rung.LOSS: loss.rows,
    Rung.GRADIENT: gradient.rows,
    Rung.OPTIMIZER: optimizer.rows,
    Rung.SCHEDULE: schedule.rows,
    Rung.STATE: steps.state_rows,
    Rung.INIT: init.rows,
    Rung.TRACE: steps.trace_rows,
}
"""In the order in which the ladder is climbed."""

GOLDENS: dict[Rung, str] = {
    Rung.LOSS: "loss_target",
    Rung.GRADIENT: "grad",
    Rung.OPTIMIZER: "optimizer_update",
    Rung.SCHEDULE: "schedule_rate",
    Rung.STATE: "step_param",
    Rung.INIT: "init",
    Rung.TRACE: "trace_loss",
}
"""The role that shows whether a bundle holds goldens of a rung."""
