"""Record a few real training steps of theirs: the trace, and the state they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scaffold.trace import roles, steps

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording


def record(recording: Recording) -> None:
    """Add the real batch, what was seen at each step, and the state after the last.

    The batches are made again from the real one and the seed in the table.
    """
    writer, subject = recording.writer, recording.subject
    given = steps.batches(recording.inputs, recording.target, recording.seed)
    done = steps.watched(subject.train, recording.model(), given)
    for place, value in enumerate(recording.inputs):
        writer.add(value.numpy(), role=roles.STEP_INPUT, leaf=str(place))
    writer.add(recording.target.numpy(), role=roles.STEP_TARGET)
    writer.add(np.asarray(done.losses, dtype=np.float64), role=roles.TRACE_LOSS)
    writer.add(np.asarray(done.norms, dtype=np.float64), role=roles.TRACE_NORM)
    for name, value in done.state.items():
        writer.add(value.numpy(), role=roles.STEP_STATE, part=name)
    names = sorted(done.rates[0]) if done.rates else []
    rates = [[step.get(name, np.nan) for name in names] for step in done.rates]
    writer.add(np.asarray(rates, dtype=np.float64), role=roles.TRACE_RATE)
    writer.table(roles.STEPS, {"seed": recording.seed, "moved": names})
