"""Record what theirs gives in a working precision, as a measure of what that precision costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.trace import roles
from scaffold.trace.arrays import stored
from scaffold.trace.working import ran

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording

MODES = ("bfloat16",)
"""Precisions in which references are trained and published."""


def record(recording: Recording) -> str:
    """Add the outputs on the real batch, in float32, which holds every bfloat16 number.

    Returns:
        Why there are none, where theirs cannot run in such a precision; else nothing.
    """
    for mode in MODES:
        try:
            output = ran(recording.model(), recording.inputs, mode)
        except Exception as error:  # noqa: BLE001 - whatever theirs raises is what there is to say
            said = (str(error).splitlines() or [type(error).__name__])[0]
            return f"the reference does not run in {mode}: {said}"
        for path, leaf in output.items():
            recording.writer.add(stored(leaf), role=roles.WORKING, part=mode, leaf=path)
    return ""
