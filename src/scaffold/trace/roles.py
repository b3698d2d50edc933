"""Name what the training rungs store in a bundle; the recorder writes it, the judge reads it.

A role is followed by what its entries say: `part`, `leaf` or `probe`.
"""

from __future__ import annotations

from typing import Final

WEIGHT: Final = "weight"
"""part: theirs' parameter or buffer, perturbed."""

LOSS_INPUT: Final = "loss_input"
"""leaf: path in the output; probe: the case."""
LOSS_TARGET: Final = "loss_target"
"""probe: the case."""
LOSS_VALUE: Final = "loss_value"
"""part: the term; probe: the case."""
LOSS_GRADIENT: Final = "loss_grad"
"""part: the term; leaf: path in the output; probe: the case."""
LOSS: Final = "loss"
"""Table: structure of the output, and the cases that theirs refused with the reason."""

GRADIENT_INPUT: Final = "gradient_input"
"""leaf: position of the input."""
COTANGENT: Final = "cotangent"
"""leaf: path in the output."""
GRADIENT: Final = "grad"
"""part: theirs' parameter."""
INPUT_GRADIENT: Final = "input_grad"
"""leaf: position of the input."""

UPDATE: Final = "optimizer_update"
"""part: theirs' parameter; first axis: the kept steps."""
OPTIMIZER: Final = "optimizer"
"""Table: seed of the gradients, kept steps, the distinct settings, and each parameter's."""

SCHEDULE_RATE: Final = "schedule_rate"
"""part: index of the group; float64, one number a kept step."""
SCHEDULE_STEP: Final = "schedule_step"
"""The kept steps."""
SCHEDULE: Final = "schedule"
"""Table: length of the run, and the group of each parameter."""

BUILT: Final = "init"
"""part: theirs' parameter or buffer; first axis: the seed."""

STEP_INPUT: Final = "step_input"
"""leaf: position of the input."""
STEP_TARGET: Final = "step_target"
STEP_STATE: Final = "step_param"
"""part: theirs' parameter or buffer, after the last step."""
TRACE_LOSS: Final = "trace_loss"
"""One number a step."""
TRACE_NORM: Final = "trace_norm"
"""One number a step: the gradients' norm as the optimiser saw it."""
TRACE_RATE: Final = "trace_rate"
"""Steps by the parameters that the table lists as moved."""
STEPS: Final = "steps"
"""Table: seed of the batches, and the parameters that were moved."""
