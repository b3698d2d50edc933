"""The form in which every source of data hands over its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import torch
from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

Sample = tuple[tuple["Tensor", ...], "Tensor"]
"""What the network is called with, without the axis of the batch, and the target."""


class Samples(Protocol):
    """Samples by index; reading one may make it."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Sample: ...


class Subset:
    """Some samples of a source, by their indices."""

    def __init__(self, samples: Samples, indices: Sequence[int]) -> None:
        self.samples, self.indices = samples, indices

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int, /) -> Sample:
        return self.samples[self.indices[index]]


class Splits(NamedTuple):
    """The three disjoint parts of a source."""

    train: Subset
    val: Subset
    test: Subset


def cut(samples: Samples, *, validation: int, test: int, seed: int) -> Splits:
    """Split samples at random, the same way everywhere."""
    rest = len(samples) - validation - test
    if rest <= 0:
        raise ScaffoldError(
            f"{len(samples)} samples cannot give {validation} for validation, {test} for the test"
            " and some for training",
            where="configs/data",
            remedy="ask for smaller validation and test parts",
        )
    order = torch.randperm(len(samples), generator=torch.Generator().manual_seed(seed)).tolist()
    parts = order[:rest], order[rest : rest + validation], order[rest + validation :]
    return Splits(*(Subset(samples, part) for part in parts))
