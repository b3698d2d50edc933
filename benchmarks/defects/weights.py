"""Jitter weights and buffers, so that no defect hides behind zeros, ones and fresh statistics."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

SHARE = 0.1
"""Of a tensor's own scale."""


def perturbed(state: Mapping[str, Tensor], seed: int = 0) -> dict[str, Tensor]:
    """Give a state dict in which every floating tensor has moved a little."""
    return {name: _moved(name, value, seed) for name, value in state.items()}


def _moved(name: str, value: Tensor, seed: int) -> Tensor:
    if not value.is_floating_point():
        return value.clone()
    generator = torch.Generator().manual_seed((seed << 32) + zlib.crc32(name.encode()))
    noise = torch.randn(value.shape, generator=generator)
    if name.endswith("running_var"):
        return value * torch.exp(2 * SHARE * noise)
    scale = float(value.square().mean().sqrt()) or 1.0
    return value + SHARE * scale * noise
