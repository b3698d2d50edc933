"""Record how theirs' optimiser moves every parameter on gradients from a frozen stream."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from scaffold.trace import optimizer, roles, streams

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording


def record(recording: Recording) -> None:
    """Add per parameter the distance travelled after each kept step, and the groups.

    The gradients are drawn again from the seed in the table, so they take no room.
    """
    model = recording.model()
    settings = optimizer.groups(model, recording.subject.optimizer(model))
    shapes = {name: list(value.shape) for name, value in model.named_parameters()}
    given = partial(streams.gradients, shapes, recording.seed)
    travelled = optimizer.replay(model, recording.subject.optimizer, given)
    for name in shapes:
        moved = np.stack([travelled[step][name].numpy() for step in optimizer.KEPT])
        recording.writer.add(moved.astype(np.float32), role=roles.UPDATE, part=name)
    distinct: list[dict[str, Any]] = []
    for setting in settings.values():
        if setting not in distinct:
            distinct.append(setting)
    recording.writer.table(
        roles.OPTIMIZER,
        {
            "seed": recording.seed,
            "steps": list(optimizer.KEPT),
            "settings": distinct,
            "of": {name: distinct.index(setting) for name, setting in settings.items()},
        },
    )
