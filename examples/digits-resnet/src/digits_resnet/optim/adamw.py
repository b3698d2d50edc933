"""Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from .groups import parameter_groups

if TYPE_CHECKING:
    from torch import nn


def adamw(
    network: nn.Module, *, lr: float, betas: tuple[float, float], eps: float, weight_decay: float
) -> torch.optim.Optimizer:
    """Build the optimizer of a network. The numbers come from `configs/optimizer/`."""
    return torch.optim.AdamW(
        parameter_groups(network, weight_decay=weight_decay),
        lr=lr,
        betas=(betas[0], betas[1]),
        eps=eps,
        weight_decay=weight_decay,
        amsgrad=False,
    )
