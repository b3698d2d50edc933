"""Record theirs in training mode: what each part gives, draws, and does to its buffers.

The batch is the real one, so whatever does not differ between the modes is in the bundle already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from scaffold.trace import roles
from scaffold.trace.arrays import stored
from scaffold.trace.draws import MASK, Draw, Drawn
from scaffold.trace.train import trained

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from scaffold.reference.recording import Recording
    from scaffold.trace.forward import Call
    from scaffold.trace.train import Training

PROBE = "real"


def record(recording: Recording) -> str:
    """Add everything, or say why theirs cannot run in training mode on its inputs alone."""
    run = trained(recording.model(), recording.inputs, Drawn(recording.seed))
    if run.failure:
        return f"theirs does not run in training mode on its inputs alone ({run.failure})"
    for call in run.calls:
        _add(recording, call, run)
    for number, draw in enumerate(run.draws):
        recording.writer.add(_packed(draw), role=roles.TRAIN_DRAW, call=number)
    recording.writer.table(
        roles.TRAIN,
        {
            "probe": PROBE,
            "draws": [[draw.kind, list(draw.parameters)] for draw in run.draws],
            "drawn": [
                [part, call, *ends] for (part, call), ends in run.drawn.items() if ends[0] < ends[1]
            ],
        },
    )
    return ""


def _add(recording: Recording, call: Call, run: Training) -> None:
    """Add what went in and came out of a call, and the buffers that it changed."""
    before = f"{call.part}." if call.part else ""
    changed = {
        before + name: value
        for name, value in run.buffers[call.part, call.call].items()
        if _moved(before + name, value, recording.weights)
    }
    sides: tuple[tuple[str, int, Mapping[str, object]], ...] = (
        (roles.TRAIN_INPUT, call.order, call.inputs),
        (roles.TRAIN_OUTPUT, call.done, call.outputs),
        (roles.TRAIN_BUFFER, call.done, changed),
    )
    for role, order, leaves in sides:
        for leaf, value in leaves.items():
            if isinstance(value, Tensor):
                recording.writer.add(
                    stored(value),
                    role=role,
                    part=call.part,
                    kind=call.kind,
                    call=call.call,
                    order=order,
                    leaf=leaf,
                    probe=PROBE,
                )


def _moved(name: str, value: Tensor, weights: Mapping[str, Tensor]) -> bool:
    return name in weights and not value.equal(weights[name])


def _packed(draw: Draw) -> np.ndarray:
    """Keep a mask as true and false."""
    values: np.ndarray = draw.values.numpy()
    return values > 0 if draw.kind == MASK else values
