"""Which tensor a call works on: another one of the same shape that is at hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import torch

from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.taps import Tap, joined, taken, taps
from scaffold.parity.causes.trial import SOLVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.trial import Trial

VIEWED = ("D72", "D82")
MOST = 400
"""Pairs of places; the code of the part itself comes first."""


@hypothesis("joined", "a call works on another tensor than in theirs", "D57", "D59", "D60")
def joined_otherwise(bench: Bench) -> Iterator[Trial]:
    """Give every call another tensor of the same shape that is at hand by then."""
    every = taps(bench)
    uses = [tap for tap in every if not tap.gives and not _loops(bench, tap)]
    starts = taken(every)
    bounds: dict[int, tuple[float, float]] = {}
    pairs = (
        (start, use)
        for use in sorted(uses, key=lambda tap: not tap.own)
        for start in starts
        if start.at <= use.at
        and start.value is not use.value
        and start.value.shape == use.value.shape
        and not (start.site is use.site and start.path == use.path)
    )
    for start, use in islice(pairs, MOST):
        words = f"{start.words} goes where {use.words} is"
        trial = joined(start, use, _instead, words, "as it is", rank=SOLVED)
        if _rearranged(start.value, use.value, bounds):
            yield replace(trial, rows=VIEWED)
        else:
            yield replace(trial, describes=True)


def _rearranged(taken: Tensor, used: Tensor, bounds: dict[int, tuple[float, float]]) -> bool:
    """Whether what ours uses is what it should use in another order: viewed for transposed.

    `bounds` keeps what was seen of each tensor, so that few pairs are sorted.
    """
    for value in (taken, used):
        if id(value) not in bounds:
            least, most = value.aminmax() if value.numel() else (0.0, 0.0)
            bounds[id(value)] = (float(least), float(most))
    if bounds[id(taken)] != bounds[id(used)]:
        return False
    mine, theirs = used.flatten().sort().values, taken.flatten().sort().values
    return torch.equal(mine, theirs) and bounds[id(taken)][0] != bounds[id(taken)][1]


def _instead(_used: Tensor, kept: Tensor) -> Tensor:
    return kept


def _loops(bench: Bench, tap: Tap) -> bool:
    return tap.site is not None and tap.site.key in bench.repeats
