"""Refuse a reference that cannot be recorded, before anything is, and say what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.core.errors import ScaffoldError
from scaffold.trace.forward import traced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

NARROW = (torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2)
"""No array can hold them, and a defect would drown in their rounding besides."""


def refuse_unfit(model: nn.Module, inputs: Sequence[Tensor], adapter: Path) -> None:
    """Raise for weights or inputs in the wrong place or precision, and for a model that raises.

    Raises:
        ScaffoldError: The model cannot be recorded as it is.
    """
    state = model.state_dict()
    _refuse_devices({f"input {number}": value for number, value in enumerate(inputs)}, adapter)
    _refuse_devices(state, adapter)
    narrow = next((name for name, value in state.items() if value.dtype in NARROW), None)
    if narrow is not None:
        raise ScaffoldError(
            f"the weights are in {str(state[narrow].dtype).removeprefix('torch.')} ({narrow})",
            where=str(adapter),
            remedy="record in float32: return model.float() from build; what the model does in "
            "its working precision is another question",
        )
    trace = traced(model, inputs)
    if trace.failure:
        place = (trace.inside[-1] if trace.inside else "") or "the model"
        raise ScaffoldError(
            f"{place} fails on the example batch ({trace.failure.splitlines()[0]})",
            where=str(adapter),
            remedy=_remedy(trace.failure),
        )


def _refuse_devices(tensors: Mapping[str, Tensor], adapter: Path) -> None:
    for name, value in tensors.items():
        if value.device.type != "cpu":
            raise ScaffoldError(
                f"{name} is on the device {value.device}",
                where=str(adapter),
                remedy="give the model and its example batch on the CPU, where recordings are made",
            )


def _remedy(failure: str) -> str:
    if "cuda" in failure.lower() or "nvidia" in failure.lower():
        return (
            "there is no GPU here and none is needed: take the device of the inputs where the "
            "model names one (x.device for 'cuda')"
        )
    return "call model(*inputs) from python in evaluation mode, and mend what the traceback shows"
