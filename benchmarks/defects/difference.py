"""Measure how far two models are apart, in float64 and over every probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from scaffold.trace.replay import run
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from benchmarks.defects.probes import Inputs

Outputs = dict[str, "dict[str, Tensor] | str"]
"""By probe: the leaves of the output, or what the model raised."""


def outputs(
    model: nn.Module, probes: Mapping[str, Inputs], dtype: torch.dtype | None = torch.float64
) -> Outputs:
    """Run a model on every probe; a model that raises gives the message as its output."""
    found: Outputs = {}
    for name, inputs in probes.items():
        try:
            found[name] = tensors(run(model, inputs, {}, dtype=dtype).output)
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found


def tensors(output: Any) -> dict[str, Tensor]:
    """Give the tensors of an output by their paths."""
    return {path: leaf for path, leaf in all_leaves(output).items() if isinstance(leaf, Tensor)}


def furthest(one: Outputs, two: Outputs) -> tuple[float, str]:
    """Give the greatest relative distance, and the probe on which it was seen.

    A different shape, a different failure, or a NaN on one side only counts as infinitely far.
    """
    return max((_distance(one[name], two[name]), name) for name in one)


def _distance(one: dict[str, Tensor] | str, two: dict[str, Tensor] | str) -> float:
    if isinstance(one, str) or isinstance(two, str):
        return 0.0 if isinstance(one, str) and isinstance(two, str) else torch.inf
    if one.keys() != two.keys():
        return torch.inf
    return max((apart(one[path], two[path]) for path in one), default=0.0)


def apart(one: Tensor, two: Tensor) -> float:
    """Give the norm of the difference in units of the norm of the first."""
    if one.shape != two.shape:
        return torch.inf
    one, two = one.double(), two.double()
    if not torch.equal(one.isfinite(), two.isfinite()):
        return torch.inf
    there = one.isfinite()
    one, two = one[there], two[there]
    size = float(one.norm())
    return float((one - two).norm()) / size if size else float(two.norm())
