"""The form in which every source of data hands over its samples."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from types import ModuleType

Image = np.ndarray
"""float32, channels first (C H W), values from 0 to 1."""


class Samples(Protocol):
    """Images with their class, by index; reading one may open a file."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> tuple[Image, int]: ...


class Splits(NamedTuple):
    """The three disjoint parts of a source."""

    train: Samples
    val: Samples
    test: Samples


class Subset:
    """Some samples of a source, by their indices."""

    def __init__(self, samples: Samples, indices: np.ndarray) -> None:
        self.samples, self.indices = samples, indices

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int, /) -> tuple[Image, int]:
        return self.samples[int(self.indices[index])]


def cut(count: int, sizes: tuple[int, ...], *, seed: int) -> tuple[np.ndarray, ...]:
    """Cut `count` indices into disjoint parts of the given sizes and, first, what is left over.

    The same count, sizes and seed give the same parts on every machine.
    """
    order = np.random.default_rng(seed).permutation(count)
    rest = count - sum(sizes)
    if rest <= 0:
        raise ScaffoldError(
            f"{count} samples cannot give parts of {sizes} and leave some for training",
            where="configs/data",
            remedy="ask for smaller validation and test parts",
        )
    return tuple(np.split(order, np.cumsum((rest, *sizes))[:-1]))


def need(module: str, *, extra: str) -> ModuleType:
    """Import a package that is no requirement, or say which extra brings it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ScaffoldError(
            f"the package {module} is not installed",
            where=f"extra {extra}",
            remedy=f"pip install -e '.[{extra}]'",
        ) from error


def as_image(picture: object) -> Image:
    """Turn a picture of 8 bits per channel (H W, H W C, or a PIL image) into the form used here."""
    array = np.asarray(picture, dtype=np.float32) / 255
    grey = array.ndim == len("HW")
    return array[None] if grey else np.ascontiguousarray(array.transpose(2, 0, 1))
