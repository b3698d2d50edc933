"""Write a normalisation out, so that one step of it can be another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.parity.causes.bench import Site
    from scaffold.parity.causes.watch import Made


def axes_of(site: Site) -> tuple[int, ...] | None:
    """Return the axes that a call takes statistics over, None when it takes none."""
    return _axes(site.made)


def normalised(
    made: Made,
    *,
    correction: int = 0,
    spread: Callable[[Tensor, float], Tensor] | None = None,
    centred: bool | None = None,
    statistics: bool = False,
) -> Tensor:
    """Make a normalisation by hand.

    Args:
        made: The call.
        correction: One for the unbiased variance.
        spread: What to divide by, from the variance and eps.
        centred: Whether the mean is taken away; by default as the call does.
        statistics: Take a batch normalisation's statistics from the batch.
    """
    x = made.input
    eps = made.value("eps", 1e-5)
    eps = torch.finfo(x.dtype).eps if eps is None else eps
    centred = made.op != "rms_norm" if centred is None else centred
    grouped = x
    if made.op == "group_norm":
        groups = made.value("num_groups")
        grouped = x.reshape(x.shape[0], groups, -1)
    if made.op == "batch_norm" and not statistics and not made.value("training", default=False):
        shape = [1, -1] + [1] * (x.ndim - 2)
        mean = made.value("running_mean").reshape(shape)
        variance = made.value("running_var").reshape(shape)
    else:
        axes = _axes(made) or ((2,) if made.op == "group_norm" else (0,))
        axes = (2,) if made.op == "group_norm" else axes
        mean = grouped.mean(axes, keepdim=True)
        if centred:
            variance = grouped.var(axes, keepdim=True, correction=correction)
        else:
            variance = grouped.square().mean(axes, keepdim=True)
    width = torch.sqrt(variance + eps) if spread is None else spread(variance, eps)
    y = ((grouped - mean) if centred else grouped) / width
    return _affine(made, y.reshape(x.shape))


def _affine(made: Made, y: Tensor) -> Tensor:
    weight, bias = made.value("weight"), made.value("bias")
    if made.op in ("batch_norm", "group_norm", "instance_norm"):
        shape = [1, -1] + [1] * (y.ndim - 2)
        weight = None if weight is None else weight.reshape(shape)
        bias = None if bias is None else bias.reshape(shape)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def _axes(made: Made) -> tuple[int, ...] | None:
    x = made.input
    match made.op:
        case "layer_norm" | "rms_norm":
            shape = made.value("normalized_shape")
            return tuple(range(-len(shape), 0))
        case "group_norm":
            return (2,)
        case "instance_norm":
            return tuple(range(2, x.ndim))
        case "batch_norm":
            return (0, *range(2, x.ndim))
        case _:
            return None
