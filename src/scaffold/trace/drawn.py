"""Make weights and inputs of a full model again from a small table: drawn, not stored.

The numbers of a tensor come from the frozen stream of the seed and its name, so that both sides
draw the same ones; the table says where they lie. A bundle of a model of any size then needs no
weights, and the comparison needs no reference.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import torch

from scaffold.trace.streams import spread, stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torch import Tensor

DRAWN: Final = "drawn"
"""Table: seed, jitter, and a row for every parameter and buffer of theirs."""
PROBES: Final = "full_probes"
"""Table: per probe a row for every input."""

UNIFORM, STORED, BY_HASH = "uniform", "stored", "hash"
"""How a tensor is given: drawn around its place, kept in the bundle, or left as ours has it."""

SCALE_OF_ZEROS = 0.5
"""As in `scaffold.reference.perturb`: the scale of a tensor that is nothing but zeros."""

_DIGITS = 6
_HALF = 0.5
_ADDENDS = 4


def place_of(value: Tensor, jitter: float) -> tuple[float, float]:
    """Give mean and standard deviation to draw a tensor with: as built, and jittered on top.

    A tensor of positive numbers (variances, scales) is drawn positive: its spread is at most half
    of its mean, and nothing lies further than 1.74 spreads away.
    """
    wide = value.detach().double()
    mean = float(wide.mean())
    deviation = float(wide.std(correction=0)) if wide.numel() > 1 else 0.0
    size = float(wide.square().mean().sqrt()) or SCALE_OF_ZEROS
    spread_out = math.hypot(deviation, jitter * size)
    if float(wide.min()) > 0.0:
        spread_out = min(spread_out, _HALF * mean)
    return _rounded(mean), _rounded(spread_out)


def weight(
    name: str, shape: Sequence[int], dtype: str, place: Sequence[float], seed: int
) -> Tensor:
    """Draw one tensor: uniform, with that mean and standard deviation."""
    mean, deviation = place
    drawn = spread(shape, seed, "full", name)
    kind: torch.dtype = getattr(torch, dtype)
    return drawn.double().mul_(deviation).add_(mean).to(kind)


def input_row(like: Tensor, shape: Sequence[int], factor: float) -> dict[str, Any]:
    """Describe one input of a probe, by a real one: its shape, its kind, and its range."""
    row: dict[str, Any] = {"shape": list(shape), "dtype": str(like.dtype).removeprefix("torch.")}
    if like.is_floating_point():
        return {**row, "factor": factor}
    return {**row, "low": int(like.min()), "high": int(like.max())}


def inputs(rows: Iterable[dict[str, Any]], probe: str, seed: int) -> tuple[Tensor, ...]:
    """Draw the inputs of a probe: near-normal numbers, or whole numbers from a range."""
    return tuple(_input(row, probe, place, seed) for place, row in enumerate(rows))


def _input(row: dict[str, Any], probe: str, place: int, seed: int) -> Tensor:
    dtype: torch.dtype = getattr(torch, row["dtype"])
    if "factor" in row:
        turns = [spread(row["shape"], seed, "full", probe, place, n) for n in range(_ADDENDS)]
        near_normal = torch.stack(turns).double().sum(0).mul_(row["factor"] / _ADDENDS**0.5)
        return near_normal.to(dtype)
    drawn = stream(seed, "full", probe, place).randint(row["low"], row["high"] + 1, row["shape"])
    return torch.from_numpy(drawn).to(dtype)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
