"""Record the gradient of <cotangent, output> at every parameter and input of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.trace import gradient, nest, roles
from scaffold.trace.streams import spread

if TYPE_CHECKING:
    from torch import Tensor

    from scaffold.reference.recording import Recording


def record(recording: Recording) -> None:
    """Add the inputs, the cotangents and the gradients."""
    cotangent = cotangent_of(recording)
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


def cotangent_of(recording: Recording) -> dict[str, Tensor]:
    """Draw the cotangent of the model's output on the real batch, by the path of the leaf."""
    with torch.no_grad():
        output = nest.leaves(recording.model()(*recording.inputs))
    return {
        path: spread(leaf.shape, recording.seed, "cotangent", path)
        for path, leaf in output.items()
        if leaf.is_floating_point()
    }
