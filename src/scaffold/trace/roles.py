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

PART_COTANGENT: Final = "part_cotangent"
"""part, call; leaf: path in the part's output: what reached it in theirs' backward pass."""
PART_GRADIENT: Final = "part_grad"
"""part, call; leaf: theirs' parameter, by its full name; left out where it is `GRADIENT`, to the
bit."""
PART_INPUT_GRADIENT: Final = "part_input_grad"
"""part, call; leaf: path in the part's input."""
BACKWARD: Final = "backward"
"""Table: the probe whose recorded inputs the parts are given, and the parts that no gradient
reaches."""

TRAIN_INPUT: Final = "train_input"
"""part, call; leaf: path in the part's input, in training mode."""
TRAIN_OUTPUT: Final = "train_output"
"""part, call; leaf: path in the part's output."""
TRAIN_BUFFER: Final = "train_buffer"
"""part, call; leaf: theirs' buffer by its full name, after the call."""
TRAIN_DRAW: Final = "train_draw"
"""call: its number in the run: the random numbers, true or false where they are a mask."""
TRAIN: Final = "train"
"""Table: kind and parameters of every draw, and which of them each call of a part made."""

EMA_STATE: Final = "ema_state"
"""part: theirs' averaged parameter or buffer; first axis: the kept steps."""
EMA_DECAY: Final = "ema_decay"
"""The share of the old average that each step keeps."""
EMA_TRAINED: Final = "ema_trained"
"""part: theirs' averaged parameter or buffer after the training steps of the trace."""
EMA: Final = "ema"
"""Table: seed of the weights that are averaged, and the kept steps."""

DATA_SOURCE: Final = "data_source"
"""probe: the sample; the bytes of a file, or an array."""
DATA_STEP: Final = "data_step"
"""part: the operation; call: its place in the chain; probe: the sample."""
DATA_PARAMETERS: Final = "data_parameters"
"""part: the random operation; probe: the sample: what was drawn for it."""
DATA_DRAWS: Final = "data_draws"
"""part: the random operation; first axis: the seed."""
DATA: Final = "data"
"""Table: the operations in order, the kind of each source, the seeds of the draws."""

METRIC_OUTPUT: Final = "metric_output"
"""probe: the case; call: the batch; leaf: path in the output."""
METRIC_TARGET: Final = "metric_target"
"""probe: the case; call: the batch."""
METRIC_VALUE: Final = "metric_value"
"""part: the metric; probe: the case."""
METRICS: Final = "metrics"
"""Table: structure of the output, and the cases that theirs refused with the reason."""

LADDER: Final = "ladder"
"""Table: the rungs that the recorder knows, and what the adapter does not offer."""

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
WORKING: Final = "working"
"""part: the precision; leaf: path in the output."""
STEPS: Final = "steps"
"""Table: seed of the batches, and the parameters that were moved."""

PRECISIONS: Final = ("float32", "bfloat16")
"""The working precisions that every comparison asks for."""
