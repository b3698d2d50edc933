"""Record what theirs gives on the rungs about training, into one bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung
from scaffold.reference.rungs import (
    backward,
    data,
    ema,
    gradient,
    init,
    loss,
    metrics,
    optimizer,
    schedule,
    steps,
    train,
    working,
)
from scaffold.trace import roles
from scaffold.trace.offered import ladder

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording

RECORDERS = {
    "loss_terms": loss.record,
    "build": init.record,
    "optimizer": optimizer.record,
    "schedule": schedule.record,
    "ema": ema.record,
    "data_steps": data.record,
}
"""What an adapter has to define for each recorder; `gradient`, `backward` and training mode need
nothing beyond the model."""


def _without_gradient(recording: Recording) -> str:
    """Add the gradients, or say why there are none: who only infers may overwrite anything."""
    try:
        gradient.record(recording)
        backward.record(recording)
    except RuntimeError as error:
        return f"theirs has no gradient ({str(error).splitlines()[0]})"
    return ""


def record(recording: Recording) -> None:
    """Run every recorder that the adapter has what it takes for.

    A rung without goldens is a finding of the comparison, so nothing is said here; what theirs has
    not, or cannot do, is written down (`trace.offered`).
    """
    unable = _without_gradient(recording)
    for needs, recorder in RECORDERS.items():
        if recording.subject.has(needs):
            recorder(recording)
    drawn = steps.record(recording) if recording.subject.has("train") else ""
    refused = {
        Rung.STATE: drawn,
        Rung.TRACE: drawn,
        Rung.GRADIENT: unable,
        Rung.TRAIN: train.record(recording),
        Rung.PRECISION: working.record(recording),
    }
    if recording.subject.has("metrics"):
        refused[Rung.METRICS] = metrics.record(recording)
    recording.writer.table(roles.LADDER, ladder(recording.subject.has, refused))
