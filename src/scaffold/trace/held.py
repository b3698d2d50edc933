"""Show a module that is in memory as a subject, so that the same drivers run it."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from scaffold.core.errors import ScaffoldError
from scaffold.trace.subject import Batch, Subject

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Held(Subject):
    """A module in memory; what runs is a copy of it, so the module itself stays as it is."""

    model: nn.Module = field(kw_only=True)
    inputs: tuple[Tensor, ...] = field(kw_only=True)

    def has(self, name: str) -> bool:
        """Whether it can show more than its forward pass: a module in memory cannot.

        Not even `build`: it gives the same weights whatever the seed, so there is no distribution
        to look at.
        """
        del name
        return False

    def build(self, size: str = "twin") -> nn.Module:
        """Give a copy of the module; it has one size."""
        del size
        try:
            return copy.deepcopy(self.model)
        except Exception as error:
            raise ScaffoldError(
                f"{type(self.model).__name__} cannot be copied ({type(error).__name__}: {error})",
                where=str(self.path),
                remedy="give a module that copy.deepcopy takes, as it is after it was built",
            ) from error

    def example_batch(self, size: str = "twin") -> Batch:
        """Give the inputs; there is no target."""
        del size
        return self.inputs, torch.zeros(len(self.inputs[0]), dtype=torch.int64)


def held(model: nn.Module, inputs: Tensor | Sequence[Tensor], *, name: str) -> Held:
    """Hold a module and its positional inputs; `name` stands for it in messages.

    Raises:
        ValueError: The inputs are no tensors with a first axis of samples.
    """
    given: tuple[Any, ...] = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    if not given or not all(isinstance(value, Tensor) and value.ndim for value in given):
        raise ValueError("inputs are one tensor or several, in the order of the arguments")
    kept = tuple(value.detach().clone() for value in given)
    return Held(Path(name), ModuleType(name), nullcontext, model=model, inputs=kept)  # type: ignore[arg-type] # nothing is imported, so nothing is isolated
