"""How heads lie beside each other: whole or interleaved, repeated one by one or as a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.parity.causes.edits import argument, at, each_and_all
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.site import is_floating
from scaffold.parity.causes.trial import BUILT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.site import Site
    from scaffold.parity.causes.trial import Trial
    from scaffold.parity.causes.watch import Edit, Made

SPLITS = ("reshape", "unflatten", "flatten")
PAIR, GROUPED = 2, 4


@hypothesis(
    "repeated-heads", "heads are repeated one by one where theirs repeats the row of them", "D57"
)
def repeated_heads(bench: Bench) -> Iterator[Trial]:
    """Exchange repeating each head and repeating all of them, however it is spelled."""
    yield from each_and_all(bench.of("repeat_interleave"), _as_a_row)
    yield from each_and_all(bench.of("repeat", "tile"), _one_by_one)
    widened = {id(site.output): site for site in bench.of("expand")}
    yield from each_and_all(
        [site for site in bench.of("reshape") if id(site.made.args[0]) in widened],
        lambda site: _merged_otherwise(widened[id(site.made.args[0])]),
    )


@hypothesis(
    "interleaved-heads",
    "the width is cut into heads as a whole where theirs interleaves them, or the reverse",
    "D57",
    "D72",
)
def interleaved_heads(bench: Bench) -> Iterator[Trial]:
    """Cut, and join, the last axis the other way: (heads, width) and (width, heads)."""
    sites = [site for site in bench.of(*SPLITS) if is_floating(site.output)]
    cut, joined = [s for s in sites if _cuts(s)], [s for s in sites if _joins(s)]
    for some, edit, words in (
        (cut, _cut_otherwise, "heads interleaved"),
        (joined, _joined_otherwise, "joined with heads interleaved"),
    ):
        for site in some:
            yield at(site, edit, words, "one after the other", rank=BUILT)
        if len(some) > 1:
            yield from list(
                each_and_all(some, lambda _, e=edit, w=words: (e, w, "one after the other"))  # type: ignore[misc]
            )[-1:]


def _as_a_row(site: Site) -> tuple[Edit, str, str] | None:
    times = site.made.args[1] if len(site.made.args) > 1 else argument(site, "repeats")
    if not isinstance(times, int) or not is_floating(site.output):
        return None
    edit: Edit = lambda made: _repeated(made, times)  # noqa: E731
    return edit, "all of them repeated as a row", "each of them repeated"


def _repeated(made: Made, times: int) -> Tensor:
    x = made.input
    wanted = made.run().shape
    counts = [times if size != mine else 1 for size, mine in zip(wanted, x.shape, strict=True)]
    return x.repeat(*counts)


def _one_by_one(site: Site) -> tuple[Edit, str, str] | None:
    x = site.made.input
    if not is_floating(x) or x.ndim != site.output.ndim or x.ndim < PAIR:
        return None
    longer = [a for a, (m, w) in enumerate(zip(x.shape, site.output.shape, strict=True)) if m != w]
    if len(longer) != 1:
        return None
    axis = longer[0]

    def edit(made: Made) -> Any:  # noqa: ANN401
        times = made.run().shape[axis] // made.input.shape[axis]
        return made.input.repeat_interleave(times, axis)

    return edit, "each of them repeated", "all of them repeated as a row"


def _merged_otherwise(widened: Site) -> tuple[Edit, str, str] | None:
    """Exchange the axis of heads with the one that was widened before both are merged."""
    before, after = widened.made.input.shape, widened.output.shape
    wider = [axis for axis, (m, w) in enumerate(zip(before, after, strict=False)) if m != w]
    if len(before) != len(after) or len(wider) != 1 or len(after) < GROUPED or not wider[0]:
        return None
    axis = wider[0]

    def edit(made: Made) -> Any:  # noqa: ANN401
        return made.input.transpose(axis - 1, axis).reshape(made.run().shape)

    return edit, "all of them repeated as a row", "each of them repeated"


def _cuts(site: Site) -> bool:
    x, y = site.made.input.shape, site.output.shape
    return len(y) == len(x) + 1 and y[:-2] == x[:-1] and min(y[-2:]) > 1


def _joins(site: Site) -> bool:
    x, y = site.made.input.shape, site.output.shape
    return len(x) == len(y) + 1 and x[:-2] == y[:-1] and min(x[-2:]) > 1


def _cut_otherwise(made: Made) -> Tensor:
    y: Tensor = made.run()
    heads, width = y.shape[-2:]
    return y.reshape(*y.shape[:-2], width, heads).transpose(-1, -2)


def _joined_otherwise(made: Made) -> Tensor:
    y: Tensor = made.run()
    return made.input.transpose(-1, -2).reshape(y.shape)
