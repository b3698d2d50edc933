"""Replay an optimiser on given gradients, and list what it does to each parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch.optim import Optimizer

    MakeOptimizer = Callable[[nn.Module], Optimizer]
    Gradients = Callable[[int], Mapping[str, Tensor]]

STEPS = 12
"""Enough for beta2 .98 against .999, which differ by 4e-7 at the first step."""
CHANGE = 7
"""The learning rate is multiplied before this step: conventions of momentum differ only then."""
FACTOR = 0.1
KEPT = (1, 6, 12)
"""Steps whose updates are kept: the first, the last before the change, the last."""
NOT_SETTINGS = frozenset(
    {"params", "foreach", "fused", "capturable", "differentiable", "initial_lr", "param_names"}
)
"""Entries of a group that choose an implementation or belong to the schedule."""


def replay(
    model: nn.Module, make_optimizer: MakeOptimizer, gradients: Gradients
) -> dict[int, dict[str, Tensor]]:
    """Step on given gradients and return, per kept step, how far each parameter has travelled.

    Args:
        model: Trained in place, in its own dtype.
        make_optimizer: Builds the optimiser from the model.
        gradients: Gives the gradients of a step, counted from one, by parameter name.
    """
    parameters = dict(model.named_parameters())
    start = {name: value.detach().double().clone() for name, value in parameters.items()}
    optimizer = make_optimizer(model)
    travelled = {}
    for step in range(1, STEPS + 1):
        if step == CHANGE:
            for group in optimizer.param_groups:
                group["lr"] = group["lr"] * FACTOR
        given = gradients(step)
        for name, parameter in parameters.items():
            parameter.grad = given[name].to(parameter.dtype) if parameter.requires_grad else None
        optimizer.step()
        if step in KEPT:
            travelled[step] = {
                name: value.detach().double() - start[name] for name, value in parameters.items()
            }
    return travelled


def groups(model: nn.Module, optimizer: Optimizer) -> dict[str, dict[str, Any]]:
    """Return per parameter the class of its optimiser and every setting of its group, as JSON."""
    settings = {
        id(parameter): {
            name: _plain(value) for name, value in group.items() if name not in NOT_SETTINGS
        }
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    table: dict[str, dict[str, Any]] = {}
    for name, parameter in model.named_parameters():
        if id(parameter) in settings and parameter.requires_grad:
            table[name] = {"class": type(optimizer).__name__, **settings[id(parameter)]}
        else:
            table[name] = {"class": "frozen"}
    return table


def group_of(model: nn.Module, optimizer: Optimizer) -> dict[str, int]:
    """Return per parameter the index of its group, for the parameters that have one."""
    index = {
        id(parameter): number
        for number, group in enumerate(optimizer.param_groups)
        for parameter in group["params"]
    }
    return {
        name: index[id(parameter)]
        for name, parameter in model.named_parameters()
        if id(parameter) in index
    }


def _plain(value: object) -> object:
    """Turn a setting into what JSON can hold."""
    if isinstance(value, Tensor):
        return value.item()
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return torch.typename(value)
