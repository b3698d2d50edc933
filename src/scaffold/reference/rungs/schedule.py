"""Record theirs' learning rate at every step of a training run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scaffold.trace import optimizer, roles, schedule

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording


def record(recording: Recording) -> None:
    """Add the table of each group, and which parameter belongs to which group."""
    model, steps = recording.model(), recording.subject.total_steps
    made = recording.subject.optimizer(model)
    groups = optimizer.group_of(model, made)
    rates = schedule.table(made, recording.subject.schedule, steps)
    kept = schedule.chosen(rates)
    writer = recording.writer
    writer.add(kept.astype(np.int32), role=roles.SCHEDULE_STEP)
    for group in range(rates.shape[1]):
        writer.add(rates[kept, group], role=roles.SCHEDULE_RATE, part=str(group))
    writer.table(roles.SCHEDULE, {"total_steps": steps, "groups": groups})
