"""Draw numbers that are the same on every machine and in every version of numpy.

Only the legacy `RandomState` is frozen for good, and only its uniform doubles and integers are
free of the platform's logarithm; so nothing here uses a normal distribution or a power function.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

SMALLEST, LARGEST = -30, 3
"""Powers of two that scale recorded gradients: 1e-9 is below every common eps, 8 is large."""
UNIT_SPREAD = 3.0**0.5
"""A uniform variable on (-1, 1) times this has a standard deviation of one."""


def stream(seed: int, *path: object) -> np.random.RandomState:
    """Return the frozen stream that belongs to a seed and a path, whatever was drawn before."""
    text = "/".join(str(step) for step in (seed, *path))
    return np.random.RandomState(int.from_bytes(blake2b(text.encode(), digest_size=4).digest()))


def spread(shape: Sequence[int], seed: int, *path: object) -> Tensor:
    """Draw uniform float32 numbers of mean zero and standard deviation one."""
    drawn = stream(seed, "spread", *path).random_sample(tuple(shape))
    return torch.from_numpy(np.asarray((2.0 * drawn - 1.0) * UNIT_SPREAD, dtype=np.float32))


def signs(shape: Sequence[int], seed: int, *path: object) -> Tensor:
    """Draw float64 signs, -1 or 1."""
    drawn = stream(seed, "signs", *path).randint(0, 2, tuple(shape))
    return torch.from_numpy(np.asarray(2.0 * drawn - 1.0))


def gradients(shapes: Mapping[str, Sequence[int]], seed: int, step: int) -> dict[str, Tensor]:
    """Draw one step's gradients; every element keeps its own scale over all steps.

    The scales lie between `2**SMALLEST` and `2**LARGEST`, so that some elements are ruled by the
    optimiser's eps and others by its moments.
    """
    drawn = {}
    for name, shape in shapes.items():
        powers = stream(seed, "scale", name).randint(SMALLEST, LARGEST + 1, tuple(shape))
        values = spread(shape, seed, "gradient", name, step).numpy()
        drawn[name] = torch.from_numpy(np.asarray(np.ldexp(values, powers), dtype=np.float32))
    return drawn


def nudged(tensor: Tensor, seed: int, *path: object) -> Tensor:
    """Move every element by one unit round-off of its dtype, up or down by the stream.

    What a function gives on nudged inputs shows how it passes rounding on: a second and a third
    measurement of its own noise. Tensors that are not floating point come back as they are.
    """
    if not tensor.is_floating_point():
        return tensor
    step = signs(tensor.shape, seed, *path) * torch.finfo(tensor.dtype).eps
    return (tensor.double() * (1.0 + step)).to(tensor.dtype)
