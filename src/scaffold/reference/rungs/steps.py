"""Record a few real training steps of theirs: the trace, and the state they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.trace import roles, steps

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording


RANDOM = (
    "theirs draws random numbers at every training step, and steps are compared that draw none: "
    "a twin without dropout has them"
)


def record(recording: Recording) -> str:
    """Add the real batch, what was seen at each step, and the state after the last.

    The batches are made again from the real one and the seed in the table. Returns why nothing was
    added; empty where it was.
    """
    writer = recording.writer
    given = steps.batches(recording.inputs, recording.target, recording.seed)
    done, again = (_trained(recording, given, seed) for seed in (0, 1))
    if done.losses != again.losses:
        return RANDOM
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
    return ""


def _trained(recording: Recording, given: steps.Batches, seed: int) -> steps.Steps:
    """Train a fresh twin; the seed shows whether a step draws random numbers."""
    model = recording.model()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return steps.watched(recording.subject.train, model, given)
