"""Sums with what was there before: residuals too many, and too few."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import torch

from scaffold.parity.causes.bench import Bench, flat, is_floating
from scaffold.parity.causes.edits import argument, at
from scaffold.parity.causes.families.chains import runs_twice
from scaffold.parity.causes.leading import given, led
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.taps import joined, taken, taps
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from scaffold.parity.causes.taps import Tap

MATRIX = 2
MOST = 400
"""Pairs of places; the code of the part itself comes first."""


@hypothesis("residual-extra", "ours adds a residual that theirs does not", "D60")
def residual_extra(bench: Bench) -> Iterator[Trial]:
    """Leave out either operand of a sum; of a part that runs twice, `repeated` says more."""
    for site in () if runs_twice(bench) else bench.of("add", "iadd"):
        left, right = site.made.args[0], argument(site, "other")
        if not is_floating(left) or not is_floating(right) or left.shape != right.shape:
            continue
        if right.ndim <= 1 or bench.name_of(right):
            continue
        yield at(site, lambda made: made.args[1] * 1.0, "without the first operand", "a sum")
        yield at(site, lambda made: made.args[0] * 1.0, "without the second operand", "a sum")


@hypothesis("residual-missing", "theirs adds a residual that ours does not", "D60")
def residual_missing(bench: Bench) -> Iterator[Trial]:
    """Add the input of the part or of a submodule to its output."""

    def around(inner: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        first = given(args, kwargs)
        if first is None:
            raise ValueError("nothing that could be added goes in")
        x = first.clone()
        return led(inner(*args, **kwargs), lambda y: x + y)

    yield Trial(
        theirs="the input is added", ours="no residual", place="the whole part", around=around
    )
    for path in bench.shape_keeping:
        yield Trial(
            theirs=f"the input of {path} is added",
            ours="no residual",
            place=path,
            calls={path: around},
            rank=BUILT,
        )
    yield from _carried(bench)


@hypothesis("gate-missing", "theirs multiplies by a gate that ours does not", "D57", "D60")
def gate_missing(bench: Bench) -> Iterator[Trial]:
    """Multiply what a submodule or call gives by every tensor at hand."""
    for start, end in _at_hand(bench):
        words = f"{end.words} is multiplied by {start.words}"
        yield joined(start, end, torch.mul, words, "it is not", rank=BUILT)


def _carried(bench: Bench) -> Iterator[Trial]:
    """Add every tensor at hand to what a later submodule or call gives."""
    for start, end in _at_hand(bench):
        trial = joined(
            start,
            end,
            torch.add,
            f"{start.words} is added to {end.words}",
            "it is not",
            rank=BUILT,
        )
        table = any(bench.name_of(value) for value in flat(start.value))
        if not end.gives:
            # Added only to what one part is given: branches that follow each other, or do not.
            trial = replace(trial, rows=("D59", "D60"))
        yield replace(trial, rows=("D60", "D62")) if table else trial


def _at_hand(bench: Bench) -> Iterator[tuple[Tap, Tap]]:
    """Pair what is there with what comes later and could take it."""
    every = taps(bench)
    # What a submodule is given is a place of its own: between it and what gave it lies the glue.
    ends = [tap for tap in every if (tap.gives or tap.site is None) and not _in_loop(bench, tap)]
    starts = taken(every)
    pairs = (
        (start, end)
        for end in sorted(ends, key=lambda tap: not tap.own)
        for start in starts
        if start.at < end.at and start.value is not end.value and _fits(start.value, end.value)
    )
    yield from islice(pairs, MOST)


def _fits(start: Tensor, end: Tensor) -> bool:
    """Whether one can be added to the other without making it larger."""
    if start.ndim < MATRIX or start.ndim > end.ndim:
        return False
    shape = (1,) * (end.ndim - start.ndim) + tuple(start.shape)
    return all(mine in (1, whole) for mine, whole in zip(shape, end.shape, strict=True))


def _in_loop(bench: Bench, tap: Tap) -> bool:
    return tap.site is not None and tap.site.key in bench.repeats
