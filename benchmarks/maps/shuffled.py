"""Rename and re-nest every module of a model at random: the same function, other names.

The old containers are gone from the tree: what they held itself lies in boxes of random names.
"""

from __future__ import annotations

import random
from typing import Any

from torch import Tensor, nn


class Box(nn.Module):
    """Holds modules and tensors, and computes nothing."""


class Shuffled(nn.Module):
    """A model under other names."""

    def __init__(self, model: nn.Module, seed: int = 0) -> None:
        super().__init__()
        self._draw = random.Random(seed)  # noqa: S311 - names, not secrets
        object.__setattr__(self, "_hidden", model)
        leaves = [part for part in model.modules() if not list(part.children())]
        self._draw.shuffle(leaves)
        for leaf in leaves:
            self._box().add_module(self._name(), leaf)
        for part in model.modules():
            if list(part.children()):
                self._take_tensors(part)

    def train(self, mode: bool = True) -> Shuffled:  # noqa: FBT002 - torch's signature
        """Change the mode of the hidden containers too: some ask themselves whether to drop."""
        self._hidden.train(mode)
        return super().train(mode)

    def forward(self, *args: Any) -> Any:
        """Run the hidden model, whose parts are ours."""
        return self._hidden(*args)

    def _name(self) -> str:
        return "".join(self._draw.choices("bdfgklmnprstvz", k=5)) + str(self._draw.randrange(90))

    def _box(self) -> nn.Module:
        """Give a box at a random depth, an old one or a new one."""
        around: nn.Module = self
        for _ in range(self._draw.randrange(3)):
            boxes = [child for child in around.children() if isinstance(child, Box)]
            if not boxes or self._draw.random() < 0.5:
                boxes = [Box()]
                around.add_module(self._name(), boxes[0])
            around = self._draw.choice(boxes)
        return around

    def _take_tensors(self, part: nn.Module) -> None:
        """Move what a container holds itself into boxes; the container looks there."""
        where: dict[str, tuple[nn.Module, str]] = {}
        for name, value in list(part.named_parameters(recurse=False)):
            where[name] = (self._box(), self._name())
            del part._parameters[name]
            where[name][0].register_parameter(where[name][1], value)
        kept = part._non_persistent_buffers_set
        for name, buffer in list(part.named_buffers(recurse=False)):
            where[name] = (self._box(), self._name())
            del part._buffers[name]
            where[name][0].register_buffer(where[name][1], buffer, persistent=name not in kept)
        if where:
            kind = type(part)
            looks = {name: property(_reader(*place)) for name, place in where.items()}
            part.__class__ = type(kind.__name__, (kind,), looks)


def _reader(box: nn.Module, name: str) -> Any:
    def read(_: nn.Module) -> Tensor:
        return getattr(box, name)

    return read
