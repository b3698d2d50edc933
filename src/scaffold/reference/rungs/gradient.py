"""Record the gradient of <cotangent, output> at every parameter and input of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.trace import gradient, nest, roles
from scaffold.trace.streams import spread

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording


def record(recording: Recording) -> None:
    """Add the inputs, the cotangents and the gradients."""
    with torch.no_grad():
        output = nest.leaves(recording.model()(*recording.inputs))
    cotangent = {
        path: spread(leaf.shape, recording.seed, "cotangent", path)
        for path, leaf in output.items()
        if leaf.is_floating_point()
    }
    parameters, inputs = gradient.pulled(recording.model(), recording.inputs, cotangent)
    writer = recording.writer
    for number, value in enumerate(recording.inputs):
        writer.add(value.numpy(), role=roles.GRADIENT_INPUT, leaf=str(number))
    for path, value in cotangent.items():
        writer.add(value.numpy(), role=roles.COTANGENT, leaf=path)
    for name, value in parameters.items():
        writer.add(value.numpy(), role=roles.GRADIENT, part=name)
    for place, value in inputs.items():
        writer.add(value.numpy(), role=roles.INPUT_GRADIENT, leaf=place)
