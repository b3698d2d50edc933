"""Draw an example batch from its description: the same description and seed, the same numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from scaffold.core.blueprint import Input, InputKind
from scaffold.core.blueprint.flat import packed
from scaffold.trace.streams import spread, stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torch import Tensor

_ADDENDS = 4
"""As in `trace.drawn`: so many uniform numbers added are near-normal."""
_PADDED = 4
"""One in so many places of the last row is padding."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What a model is called with: `model(*args, **kwargs)`."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def batch_of(rows: Sequence[Input], *, seed: int, training: bool = False) -> Batch:
    """Draw what a model is called with.

    Args:
        rows: The description of every tensor.
        seed: Where every random choice starts.
        training: Whether the targets that a run in training mode takes are given as well.
    """
    wanted = [row for row in rows if training or not row.training]
    names = list(dict.fromkeys(row.name for row in wanted))
    values = {
        name: packed((row.path, tensor_of(row, seed=seed)) for row in wanted if row.name == name)
        for name in names
    }
    by_position = [name for name in names if _is_positional(name, wanted)]
    return Batch(
        args=tuple(values[name] for name in by_position),
        kwargs={name: value for name, value in values.items() if name not in by_position},
    )


def targets_of(rows: Sequence[Input], *, seed: int) -> dict[str, Any]:
    """Draw what only a run in training mode takes, by parameter, one a sample: targets."""
    taken = {row.name for row in rows if row.training}
    batch = batch_of([replace(row, positional=False) for row in rows], seed=seed, training=True)
    return {name: value for name, value in batch.kwargs.items() if name in taken}


def _is_positional(name: str, rows: Iterable[Input]) -> bool:
    return next(row.positional for row in rows if row.name == name)


def tensor_of(row: Input, *, seed: int) -> Tensor:
    """Draw one tensor."""
    dtype: torch.dtype = getattr(torch, row.dtype)
    draw = stream(seed, "example", row.name, row.path)
    match row.kind:
        case InputKind.IMAGE | InputKind.REAL:
            if row.low is not None and row.high is not None:
                real = draw.uniform(row.low, row.high, row.shape)
                return torch.from_numpy(np.asarray(real)).to(dtype)
            turns = [spread(row.shape, seed, row.name, row.path, n) for n in range(_ADDENDS)]
            return torch.stack(turns).sum(0).mul_(_ADDENDS**-0.5).to(dtype)
        case InputKind.TOKENS | InputKind.CLASSES:
            whole = draw.randint(int(row.low or 0), int(row.high or 0) + 1, row.shape)
            drawn = torch.from_numpy(np.asarray(whole)).to(dtype)
            if row.last is not None:
                drawn[..., -1] = row.last
            return drawn
        case InputKind.MASK:
            return _mask(row.shape).to(dtype)
        case InputKind.BOXES:
            return _boxes(row, draw).to(dtype)
        case InputKind.CONSTANT:
            return torch.full(row.shape, row.low or 0.0).to(dtype)


def _mask(shape: tuple[int, ...]) -> Tensor:
    """Give ones, and zeros where the last row ends: right padding, as tokenizers make it."""
    mask = torch.ones(shape)
    if len(shape) > 1 and shape[-1] >= _PADDED:
        mask[-1, ..., shape[-1] - shape[-1] // _PADDED :] = 0
    return mask


def _boxes(row: Input, draw: np.random.RandomState) -> Tensor:
    """Give boxes within an image of `high` pixels: a corner, and a size of at least a fifth."""
    high = row.high if row.high is not None else 1.0
    corner = draw.uniform(0.0, 0.5, (*row.shape[:-1], 2))
    size = draw.uniform(0.2, 0.5, (*row.shape[:-1], 2))
    return torch.from_numpy(np.concatenate([corner, corner + size], axis=-1)) * high
