"""Hold two implementations of one architecture, and what a map between them should come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

    Build = Callable[[], nn.Module]

SIDE = 64


@dataclass(frozen=True, slots=True)
class Pair:
    """Two models, the inputs of both, and the difference that a refusal has to name."""

    name: str
    theirs: Build
    ours: Build
    batch: Callable[[], tuple[Tensor, ...]]
    differs: tuple[str, ...] = ()
    """Words of which a refusal names one; empty where the two are the same model."""
    kind: str = "independent"

    def turned(self) -> Pair:
        """Give the same pair in the other direction, in which nothing is expected to differ."""
        there, _, here = self.name.partition(" in ")
        library, _, model = there.partition(" ")
        return Pair(
            f"{here} {model} in {library}", self.ours, self.theirs, self.batch, kind=self.kind
        )


def images(side: int = SIDE, count: int = 2) -> Callable[[], tuple[Tensor, ...]]:
    """Images with a gradient from left to right."""
    return lambda: (torch.randn(count, 3, side, side) * 0.6 + torch.linspace(-1, 1, side),)


def sentences(words: int = 50, length: int = 9) -> Callable[[], tuple[Tensor, ...]]:
    """Random sentences."""
    return lambda: (torch.randint(0, words, (2, length)),)
