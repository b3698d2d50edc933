"""Call a model with tensors alone, whatever its parameters are called and however they nest."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint.flat import packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import nn


def positional(
    model: nn.Module, names: Sequence[str], training: Mapping[str, Sequence[Any]] | None = None
) -> nn.Module:
    """Let a model take its inputs by position that it wants by name, or packed.

    The class of the model is changed and nothing is put around it, so that every part keeps its
    path, and a copy of the model is one like it.

    Args:
        model: The model.
        names: The parameters of its `forward`, in the order of the inputs. A model that has none of
            these names is left alone: it takes its inputs by position already.
            A dotted name is a place within a parameter: `images.*` a list with one tensor a
            sample, `scenes.*.image` a list of dictionaries (`core.blueprint.flat`).
        training: What it is given in training mode beside that, by parameter: one for each sample
            of a batch, from the first again where there are more samples.
    """
    kind = type(model)
    if not names or not _takes(kind, names):
        return model
    wanted, targets = tuple(names), dict(training or {})

    def forward(self: nn.Module, *inputs: Any, **more: Any) -> Any:  # noqa: ANN401 - as the model
        if self.training and targets:
            samples = range(len(inputs[0]))
            more |= {name: [each[n % len(each)] for n in samples] for name, each in targets.items()}
        return kind.forward(self, **packed(zip(wanted, inputs, strict=False)), **more)

    model.__class__ = type(
        kind.__name__, (kind,), {"forward": forward, "__module__": kind.__module__,
                                 "__qualname__": kind.__qualname__}
    )  # fmt: skip
    return model


def _takes(kind: type[nn.Module], names: Sequence[str]) -> bool:
    parameters = inspect.signature(kind.forward).parameters
    rest = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    return rest or any(name.partition(".")[0] in parameters for name in names)
