"""Record what flows back to each part of theirs, and out of it again.

The inputs of the parts are the goldens of the forward rung on the real batch, and the cotangent of
the model is that of the gradient rung; so most tensors are in the bundle already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.reference.rungs.gradient import cotangent_of
from scaffold.trace import roles
from scaffold.trace.arrays import stored
from scaffold.trace.backward import cotangents, pulled_alone
from scaffold.trace.forward import watched
from scaffold.trace.gradient import pulled

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording

PROBE = "real"
"""The probe of the forward rung that has the real batch."""


def record(recording: Recording) -> None:
    """Add the cotangent of every call of a part, and the gradients at its inputs and parameters.

    A gradient that is bit for bit that of the whole model is not written down again.
    """
    model, writer = recording.model(), recording.writer
    with torch.no_grad(), watched(model) as ended:
        model(*recording.inputs)
    calls = sorted(ended, key=lambda call: call.order)
    with cotangents(model) as reached:
        whole, _ = pulled(model, recording.inputs, cotangent_of(recording))
    modules = dict(model.named_modules())
    for call in calls:
        arrives = reached.get((call.part, call.call))
        if arrives is None:
            continue
        back = pulled_alone(modules[call.part], call.args, call.kwargs, arrives)
        before = f"{call.part}." if call.part else ""
        other = {
            before + name: value
            for name, value in back.parameters.items()
            if before + name not in whole or not value.equal(whole[before + name])
        }
        found = (
            (roles.PART_COTANGENT, arrives),
            (roles.PART_INPUT_GRADIENT, back.inputs),
            (roles.PART_GRADIENT, other),
        )
        for role, tensors in found:
            for leaf, value in tensors.items():
                writer.add(
                    stored(value),
                    role=role,
                    part=call.part,
                    kind=call.kind,
                    call=call.call,
                    order=call.order,
                    leaf=leaf,
                    probe=PROBE,
                )
    silent = {call.part for call in calls} - {part for part, _ in reached}
    writer.table(roles.BACKWARD, {"probe": PROBE, "unreached": sorted(silent)})
