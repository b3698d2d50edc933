"""Frequencies that form a geometric row: of rotary and of sinusoidal positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from scaffold.parity.causes.carried import mapped
from scaffold.parity.causes.edits import after
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.site import is_floating
from scaffold.parity.causes.trial import Free, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.parity.causes.bench import Bench

    Row = Callable[[Tensor], Tensor]

GRID = (1e4, 1e3, 1e5, 5e5, 1e6, 2.0)
POWERS = ("pow", "rpow", "exp", "div", "rdiv", "reciprocal")
LEAST = 3
"""Two numbers always form a geometric row."""


@hypothesis("base", "another base of the frequencies of positions", "D57", "D62")
def another_base(bench: Bench) -> Iterator[Free]:
    """Solve for the base of every geometric row, kept as a tensor or made by a call."""
    for name in bench.parameters:
        value = bench.tensor(name)
        if _geometric(value, LEAST - 1):
            yield _free(
                value,
                lambda row, name=name: Trial(  # type: ignore[misc]
                    theirs="", place=name, state=mapped([name], row)
                ),
            )
    for site in bench.sites:
        least = LEAST - 1 if site.op in POWERS else LEAST
        if is_floating(site.output) and _geometric(site.output, least):
            yield _free(
                site.output,
                lambda row, site=site: Trial(  # type: ignore[misc]
                    theirs="", place=site.place, sites={site.key: after(row)}
                ),
            )


def _free(value: Tensor, build: Callable[[Row], Trial]) -> Free:
    """Return a search for the base of a row that falls, or for the step of one that rises."""
    falls = bool(value[0].abs() > value[-1].abs())
    word = "base" if falls else "step"
    mine = _number(value, falls=falls)

    def make(number: float) -> Trial:
        trial = build(lambda row: _row(row, number, falls=falls))
        return Trial(
            theirs=f"{word}={number:.6g}",
            ours=f"{mine:.6g}",
            place=trial.place,
            state=trial.state,
            sites=trial.sites,
        )

    return Free(make=make, grid=GRID if falls else (2.0, 1.5, 10.0, 3.0))


def _row(like: Tensor, number: float, *, falls: bool) -> Tensor:
    places = torch.arange(len(like), dtype=like.dtype)
    powers = number ** (-places / len(like)) if falls else number**places
    return like[0] * powers


def _number(value: Tensor, *, falls: bool) -> float:
    steps = len(value) - 1
    ratio = float(value[0] / value[-1])
    return float(ratio ** (len(value) / steps) if falls else ratio ** (-1 / steps))


def _geometric(value: Tensor, least: int) -> bool:
    """Whether each number is the same share of the one before, and not the same number."""
    row = value.detach().double()
    if row.ndim != 1 or len(row) < max(least, 2) or not bool((row > 0).all()):
        return False
    shares = row[1:] / row[:-1]
    apart = float((shares - shares[0]).abs().max())
    return apart <= 1e-4 * float(shares[0]) and abs(float(shares[0]) - 1.0) > 1e-3  # noqa: PLR2004
