"""Find the parameters of ours that its output depends on, whoever computes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.func import functional_call

from scaffold.trace.replay import without_fused_attention
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from torch import nn


def used_parameters(model: nn.Module, inputs: tuple[Tensor, ...]) -> frozenset[str]:
    """Give the names of the parameters from which a gradient can reach the output.

    What cannot be said (frozen parameters, a model that raises or has no gradient) counts as not
    used. The model stays as it is, its gradients and buffers too.
    """
    learns = {
        name: value
        for name, value in model.named_parameters(remove_duplicate=False)
        if value.requires_grad
    }
    buffers = {name: value.clone() for name, value in model.named_buffers()}
    try:
        with torch.enable_grad(), without_fused_attention():
            output = functional_call(model, buffers, inputs)
            ends = [
                leaf
                for leaf in all_leaves(output).values()
                if isinstance(leaf, Tensor) and leaf.requires_grad
            ]
            found: tuple[Tensor | None, ...] = torch.autograd.grad(
                ends,
                list(learns.values()),
                [torch.ones_like(end) for end in ends],
                allow_unused=True,
            )
    except Exception:  # noqa: BLE001 - a model that raises is judged part by part
        return frozenset()
    return frozenset(
        name for name, gradient in zip(learns, found, strict=True) if gradient is not None
    )
