"""Sums with what was there before: residuals too many, and too few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.parity.causes.bench import Bench, Site, flat, is_floating
from scaffold.parity.causes.edits import argument, at
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.parity.causes.watch import Made


MOST_STARTS, MOST_LOOSE = 40, 6


@hypothesis("residual-extra", "ours adds a residual that theirs does not", "D60")
def residual_extra(bench: Bench) -> Iterator[Trial]:
    """Leave out either operand of a sum."""
    for site in bench.of("add", "iadd"):
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
        x = args[0].clone()
        return x + inner(*args, **kwargs)

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
    yield from _forgotten(bench)
    yield from _sums(bench)


def _forgotten(bench: Bench) -> Iterator[Trial]:
    """Add what a call gives and no other call reads to what a later call gives."""
    read = {id(tensor) for site in bench.sites for tensor in flat(site.made.args, site.made.kwargs)}
    loose = [
        site for site in bench.sites if is_floating(site.output) and id(site.output) not in read
    ]
    for start in loose[:MOST_LOOSE]:
        for site in bench.sites:
            if (
                site.order <= start.order
                or not is_floating(site.output)
                or site.output.shape != start.output.shape
            ):
                continue

            def note(made: Made) -> Any:  # noqa: ANN401
                made.memory["kept"] = made.run()
                return made.memory["kept"]

            def add(made: Made) -> Any:  # noqa: ANN401
                return made.run() + made.memory["kept"]

            yield Trial(
                theirs=f"what {start.op} {start.number} gives is added",
                ours="not used",
                place=f"{start.place} and {site.place}",
                sites={start.key: note, site.key: add},
                rank=BUILT,
            )


def _sums(bench: Bench) -> Iterator[Trial]:
    """Add what one call was given to what a later call gives, between linear maps."""
    ops = ("linear", "matmul", "conv2d", "conv1d", "reshape", "dropout", "transpose", "mul")
    sites = [site for site in bench.of(*ops) if is_floating(site.output)]
    starts: dict[int, Site] = {}
    for site in bench.sites:
        if site.made.args and is_floating(site.made.args[0]):
            starts.setdefault(id(site.made.args[0]), site)
    for start in list(starts.values())[:MOST_STARTS]:
        for site in sites:
            if site.order < start.order or site.output.shape != start.made.args[0].shape:
                continue

            def note(made: Made) -> Any:  # noqa: ANN401
                made.memory["kept"] = made.input.clone()
                return made.run()

            def add(made: Made) -> Any:  # noqa: ANN401
                return made.run() + made.memory["kept"]

            def both(made: Made) -> Any:  # noqa: ANN401
                return made.input + made.run()

            edits = {site.key: both} if site is start else {start.key: note, site.key: add}
            yield Trial(
                theirs=f"what {start.op} {start.number} gets is added to {site.op} {site.number}",
                ours="no residual",
                place=site.place,
                sites=edits,
                rank=BUILT,
            )
