"""Make the inputs on which a defect may show: one kind of input is not enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from benchmarks.defects.pair import Pair

Inputs = tuple["Tensor", ...]


def real(pair: Pair, seed: int = 0) -> Inputs:
    """Give the pair's real batch."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed + 1)
        return pair.batch()


def probes(pair: Pair, seed: int = 0) -> dict[str, Inputs]:
    """Give every probe of a pair by its name."""
    batch = real(pair, seed)
    found = {"real": batch, "batch-1": tuple(value[:1] for value in batch)}
    generator = torch.Generator().manual_seed(seed + 2)
    if any(value.is_floating_point() for value in batch):
        normal = tuple(_normal(value, generator) for value in batch)
        found["normal"] = normal
        found["times-20"] = tuple(_scaled(value, 20.0) for value in normal)
        found["low-variance"] = tuple(_scaled(value, 0.01) for value in normal)
        found["constant"] = tuple(_constant(value) for value in batch)
    else:
        found["repeated"] = tuple(_repeated(value) for value in batch)
    if pair.odd is not None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed + 3)
            found["odd"] = pair.odd()
    return found


def _normal(value: Tensor, generator: torch.Generator) -> Tensor:
    if not value.is_floating_point():
        return value
    return torch.randn(value.shape, generator=generator)


def _scaled(value: Tensor, factor: float) -> Tensor:
    return value * factor if value.is_floating_point() else value


def _constant(value: Tensor) -> Tensor:
    return torch.full_like(value, 0.7) if value.is_floating_point() else value


def _repeated(value: Tensor) -> Tensor:
    """Repeat the first token; masks and lengths stay."""
    if value.dtype == torch.bool or value.ndim == 1:
        return value
    return value[:, :1].expand_as(value).clone()
