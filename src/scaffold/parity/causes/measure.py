"""Measure the distance of a result to theirs in units of its own rounding."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch

from scaffold.parity.judge import judged_again

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from scaffold.core.comparison import Judgement

    Leaves = Mapping[str, Tensor]
    Run = Callable[[torch.dtype, int], Leaves]

UNIT = float(torch.finfo(torch.float32).eps) / 2
NEVER = float("inf")


def ratio(theirs: Leaves, run: Run, *, exact: bool = True) -> float:
    """Return q over all leaves, as the comparison itself measures it.

    Args:
        theirs: The golden tensors.
        run: Gives ours in a precision, in a turn: everything moved by one unit round-off, or not.
        exact: Whether float64 is what it says; where ours casts below it, nothing is exact, and
            the rounding is that of moved inputs alone.
    """
    wide, rounded = run(torch.float64 if exact else torch.float32, 0), run(torch.float32, 0)
    moved: dict[int, Leaves] = {}

    def again(turn: int, leaf: str) -> Tensor | None:
        if turn not in moved:
            moved[turn] = run(torch.float32, turn)
        return moved[turn].get(leaf)

    worst = 0.0
    for leaf, value in theirs.items():
        right, made = wide.get(leaf), rounded.get(leaf)
        if right is None or made is None or right.shape != made.shape:
            return NEVER
        found = judged_again(value, made, right if exact else None, partial(again, leaf=leaf))
        worst = max(worst, _number(found))
    return worst if theirs else NEVER


def noises(
    theirs: Leaves, exact: Leaves, rounded: Leaves | None, unit: float = UNIT
) -> dict[str, float]:
    """Return per leaf the norm of the rounding to expect, for a quick look."""
    found = {}
    for leaf, value in theirs.items():
        floor = unit / 2 * _norm(torch.where(value.isfinite(), value, 0.0))
        right = exact.get(leaf)
        made = None if rounded is None else rounded.get(leaf)
        if right is not None and made is not None and right.shape == made.shape == value.shape:
            floor = max(floor, _norm(made.double() - right))
        found[leaf] = max(floor, 1e-300)
    return found


def quick(theirs: Leaves, exact: Leaves, noise: Mapping[str, float]) -> float:
    """Return about q, with a rounding that was measured elsewhere."""
    worst = 0.0
    for leaf, value in theirs.items():
        right = exact.get(leaf)
        if right is None or right.shape != value.shape:
            return NEVER
        gap = _gap(value, right)
        worst = max(worst, _norm(gap) / noise[leaf])
    return NEVER if worst != worst else worst  # noqa: PLR0124 - NaN is no small distance


def stacked(leaves: Leaves, like: Leaves, noise: Mapping[str, float]) -> Tensor | None:
    """Return all leaves as one vector in units of noise, None when a shape differs."""
    parts = []
    for leaf, value in like.items():
        mine = leaves.get(leaf)
        if mine is None or mine.shape != value.shape:
            return None
        parts.append(mine.detach().double().flatten() / noise[leaf])
    whole = torch.cat(parts)
    return torch.where(whole.isfinite(), whole, 0.0)


def _number(found: Judgement) -> float:
    if found.ratio is not None:
        return found.ratio
    return 0.0 if found.verdict.agrees else NEVER


def _gap(theirs: Tensor, ours: Tensor) -> Tensor:
    """Return the difference; infinite where NaN or infinity is not in the same places."""
    theirs, ours = theirs.detach().double(), ours.detach().double()
    gap = theirs - ours
    if gap.isfinite().all():
        return gap
    same = (theirs == ours) | (theirs.isnan() & ours.isnan())
    return torch.where(same, 0.0, torch.where(gap.isfinite(), gap, NEVER))


def _norm(value: Tensor) -> float:
    return float(torch.linalg.vector_norm(value.detach().double()))
