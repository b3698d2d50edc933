"""Say which parameters decay."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def parameter_groups(network: nn.Module, *, weight_decay: float) -> list[dict[str, object]]:
    """Split the parameters in two: matrices decay; biases, norms and positions do not.

    Biases and norms are the parameters with one dimension. Every parameter is in exactly one group.
    """
    decayed: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        exempt = parameter.ndim <= 1 or name.endswith("positions")
        (free if exempt else decayed).append(parameter)
    return [
        {"name": "decay", "params": decayed, "weight_decay": weight_decay},
        {"name": "no_decay", "params": free, "weight_decay": 0.0},
    ]
