"""Record what theirs gives on the rungs about training, into one bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.reference.rungs import gradient, init, loss, optimizer, schedule, steps

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording

RECORDERS = {
    "loss_terms": loss.record,
    "build": init.record,
    "optimizer": optimizer.record,
    "schedule": schedule.record,
    "train": steps.record,
}
"""What an adapter has to define for each recorder; `gradient` needs nothing beyond the model."""


def record(recording: Recording) -> None:
    """Run every recorder that the adapter has what it takes for.

    A rung without goldens is a finding of the comparison, so nothing is said here.
    """
    gradient.record(recording)
    for needs, recorder in RECORDERS.items():
        if recording.subject.has(needs):
            recorder(recording)
