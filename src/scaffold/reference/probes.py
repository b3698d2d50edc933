"""Choose what a model is asked: one kind of input shows what another hides.

ReLU6 for ReLU differs by nothing on ordinary numbers, an eps shows where the variance is low, and a
padding shows on odd sizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from scaffold.trace.streams import spread, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

SAMPLES = 2
"""How many samples a made-up probe has: two, so that a mix-up of the batch shows."""

_SEQUENCE, _IMAGE = 3, 4


@dataclass(frozen=True, slots=True)
class Probe:
    """One kind of input, or the reason why there is none."""

    name: str
    inputs: tuple[Tensor, ...] = ()
    refused: str = ""


def probes(real: Sequence[Tensor], *, seed: int) -> tuple[Probe, ...]:
    """Make every probe from the shapes and kinds of a real batch."""
    whole = not any(value.is_floating_point() for value in real)
    two = [(min(SAMPLES, len(value)), *value.shape[1:]) for value in real]
    one = [(1, *shape[1:]) for shape in two]

    def made(
        name: str, shapes: Sequence[Sequence[int]], change: Callable[[Tensor], Tensor]
    ) -> Probe:
        pairs = enumerate(zip(real, shapes, strict=True))
        drawn = (_drawn(value, shape, seed, name, place) for place, (value, shape) in pairs)
        return Probe(name, tuple(change(v) if v.is_floating_point() else v for v in drawn))

    def scaled(name: str, change: Callable[[Tensor], Tensor]) -> Probe:
        if whole:
            return Probe(name, refused="the inputs are whole numbers, which have no scale")
        return made(name, two, change)

    def resized(name: str, longer: Callable[[Sequence[int]], list[int] | None]) -> Probe:
        shapes = [longer(shape) for shape in two]
        if all(shape is None for shape in shapes):
            return Probe(name, refused="no input has axes of such a size")
        kept = [shape or list(old) for shape, old in zip(shapes, two, strict=True)]
        return made(name, kept, torch.clone)

    return (
        made("normal", two, torch.clone),
        scaled("times-20", lambda value: 20.0 * value),
        scaled("low-variance", lambda value: 0.01 * value),
        Probe("constant", tuple(_constant(v, s) for v, s in zip(real, two, strict=True))),
        made("batch-1", one, torch.clone),
        Probe("real", tuple(real)),
        resized("odd-size", _odd),
        resized("non-square", _non_square),
    )


def _drawn(like: Tensor, shape: Sequence[int], seed: int, name: str, place: int) -> Tensor:
    """Draw numbers of the kind of `like`: near-normal ones, or whole numbers from its range."""
    if like.is_floating_point():
        parts = [spread(shape, seed, "probe", name, place, turn) for turn in range(4)]
        return (torch.stack(parts).double().sum(0) / 2.0).to(like.dtype)
    if like.dtype == torch.bool or not like.numel():
        return like[: shape[0]].clone()
    low, high = int(like.min()), int(like.max())
    whole = stream(seed, "probe", name, place).randint(low, high + 1, tuple(shape))
    return torch.from_numpy(whole).to(like.dtype)


def _constant(like: Tensor, shape: Sequence[int]) -> Tensor:
    if like.is_floating_point():
        return torch.full(tuple(shape), 0.5, dtype=like.dtype)
    return like.flatten()[:1].expand(tuple(shape)).clone()


def _odd(shape: Sequence[int]) -> list[int] | None:
    if len(shape) >= _IMAGE:
        return [*shape[:-2], *(size + 1 + size % 2 for size in shape[-2:])]
    if len(shape) == _SEQUENCE:
        return [shape[0], shape[1] + 1 + shape[1] % 2, shape[2]]
    return None


def _non_square(shape: Sequence[int]) -> list[int] | None:
    if len(shape) < _IMAGE or not shape[-1]:
        return None
    return [*shape[:-1], shape[-1] * 3 // 2]
