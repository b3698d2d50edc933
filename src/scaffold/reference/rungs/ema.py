"""Record how theirs averages its weights: the decay of each step, and what the average holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.trace import ema, roles, steps

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording


def record(recording: Recording) -> None:
    """Add the table of decays, and the averages of the kept steps.

    The decays are measured in float64, where nothing else moves them. The weights that are followed
    are drawn again from the seed in the table.
    """
    subject, writer = recording.subject, recording.writer
    states = partial(ema.moved, recording.weights, recording.seed)
    exact = ema.followed(recording.model().double(), subject.ema, states, long=True)
    done = ema.followed(recording.model(), subject.ema, states)
    writer.add(np.asarray(exact.decays, dtype=np.float64), role=roles.EMA_DECAY)
    first, *others = (done.kept[step] for step in ema.KEPT)
    for name, value in first.items():
        several = torch.stack([value, *(other[name] for other in others)])
        writer.add(several.numpy(), role=roles.EMA_STATE, part=name)
    writer.table(roles.EMA, {"seed": recording.seed, "steps": list(ema.KEPT)})
    if subject.has("train_ema"):
        given = steps.batches(recording.inputs, recording.target, recording.seed)
        trained = ema.averaged_state(subject.train_ema(recording.model(), given))
        for name, value in trained.items():
            writer.add(value.numpy(), role=roles.EMA_TRAINED, part=name)
