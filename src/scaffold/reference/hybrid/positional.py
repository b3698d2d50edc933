"""Call a model with tensors alone, whatever its parameters are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import nn


def positional(model: nn.Module, names: Sequence[str]) -> nn.Module:
    """Let a model take its inputs by position that it wants by name.

    The class of the model is changed and nothing is put around it, so that every part keeps its
    path, and a copy of the model is one like it.

    Args:
        model: The model.
        names: The parameters of its `forward`, in the order of the inputs; none leaves it alone.
    """
    if not names:
        return model
    kind = type(model)
    wanted = tuple(names)

    def forward(self: nn.Module, *inputs: Any, **more: Any) -> Any:  # noqa: ANN401 - as the model
        return kind.forward(self, **dict(zip(wanted, inputs, strict=False)), **more)

    model.__class__ = type(
        kind.__name__, (kind,), {"forward": forward, "__module__": kind.__module__,
                                 "__qualname__": kind.__qualname__}
    )  # fmt: skip
    return model
