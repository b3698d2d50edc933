"""Ask a model for the parameters of its `forward`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

_REST = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def parameters(model: nn.Module) -> dict[str, inspect.Parameter]:
    """Give the parameters of `forward` by name, without `*args` and `**kwargs`."""
    found = inspect.signature(model.forward).parameters
    return {name: one for name, one in found.items() if one.kind not in _REST}


def required(model: nn.Module) -> list[str]:
    """Give the names of the parameters that have no default."""
    found = parameters(model)
    return [name for name, one in found.items() if one.default is inspect.Parameter.empty]


def first_parameter(model: nn.Module) -> str:
    """Give the name of the first parameter; `x` where `forward` names none."""
    return next(iter(parameters(model)), "x")
