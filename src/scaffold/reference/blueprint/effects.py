"""Find the parts that do something else in training mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from scaffold.core.blueprint import ModeEffect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEPTH = ("droppath", "stochasticdepth", "dropdepth")


def effects(model: nn.Module) -> tuple[ModeEffect, ...]:
    """Give what dropout, batch norm and stochastic depth a model has; a rate of 0 is none."""
    return tuple(
        ModeEffect(part=path, effect=effect, detail=detail)
        for path, part in model.named_modules()
        for effect, detail in _effects(part)
    )


def _effects(part: nn.Module) -> Iterator[tuple[str, str]]:
    if isinstance(part, _BatchNorm):
        yield "batch norm", f"momentum={part.momentum}"
        return
    if isinstance(part, _DropoutNd):
        if part.p:
            yield "dropout", f"p={part.p}"
        return
    depth = any(word in type(part).__name__.lower().replace("_", "") for word in _DEPTH)
    for name, value in vars(part).items():
        rate = isinstance(value, float) and 0.0 < value < 1.0 and not name.startswith("_")
        if rate and ((depth and name in ("p", "drop_prob")) or "drop" in name.lower()):
            path = depth or "path" in name.lower() or "layerdrop" in name.lower()
            yield "stochastic depth" if path else "dropout", f"{name}={value}"


def changed_buffers(model: nn.Module, before: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Give the buffers that differ from what they were."""
    return tuple(
        name
        for name, buffer in model.named_buffers()
        if name in before
        and (buffer.shape != before[name].shape or not torch.equal(buffer, before[name]))
    )
