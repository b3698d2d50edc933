"""Several calls too much: in a row, as a pair that undoes itself, or the whole part once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.parity.causes.bench import Bench, is_floating
from scaffold.parity.causes.edits import argument
from scaffold.parity.causes.extras import ANYTHING, PREPARED, prepares, rows_of
from scaffold.parity.causes.leading import given, led
from scaffold.parity.causes.registry import WITH_LOSS, hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from scaffold.parity.causes.site import Site
    from scaffold.parity.causes.watch import Edit, Made

LONGEST = 8
"""Calls that are left out together."""
MOST = 300
LEAST = 3
"""Calls of a half that are no accident."""
SMOOTHED = ("D19", "D63")
CROPPED = ("D24", "D51", "D53")
_UNDOES = {"square": ("sqrt",), "pow": ("sqrt", "pow"), "exp": ("log",), "log": ("exp",),
           "abs": ("pow",)}  # fmt: skip


@hypothesis("extra-chain", "ours does several things in a row that theirs does not", "D59", "D66",
            rungs=WITH_LOSS)  # fmt: skip
def extra_chain(bench: Bench) -> Iterator[Trial]:
    """Leave out every run of calls that ends in the shape in which it began."""
    count = 0
    for first in bench.sites:
        if not _begins(bench, first):
            continue
        chain = [first]
        while len(chain) < LONGEST and (following := _next(bench, chain[-1])) is not None:
            chain.append(following)
            if following.output.shape == first.made.input.shape and count < MOST:
                count += 1
                yield _without(bench, chain)


@hypothesis("undone", "ours bends before a sum or mean and unbends after it", "D58", "D63",
            rungs=WITH_LOSS)  # fmt: skip
def undone(bench: Bench) -> Iterator[Trial]:
    """Leave out two calls that undo each other: a root of a mean of squares for a mean."""
    for first in bench.sites:
        for last in bench.sites:
            if last.order > first.order and last.op in _UNDOES.get(first.op, ()):
                if not (first.same_shape and last.same_shape):
                    continue
                edit: Edit = lambda made: made.input * 1.0  # noqa: E731
                yield Trial(
                    theirs=f"neither {first.op} nor {last.op}",
                    ours="both",
                    place=f"{first.place} and {last.place}",
                    sites={first.key: edit, last.key: edit},
                    rank=BUILT,
                )


@hypothesis("cut", "ours cuts something off that theirs keeps", "D24", "D51", "D53")
def cut_off(bench: Bench) -> Iterator[Trial]:
    """Leave out every slice that shortens a tensor."""
    for site in bench.of("getitem", "narrow", "select", "index_select"):
        x = site.made.input
        if is_floating(x) and is_floating(site.output) and _shortened(x, site.output):
            rows = CROPPED if x.ndim > 3 else ("D63", "D62")  # noqa: PLR2004 - an image
            yield Trial(
                theirs="nothing is cut off",
                ours=f"{tuple(site.output.shape)} of {tuple(x.shape)}",
                place=site.place,
                sites={site.key: lambda made: made.input * 1.0},
                rank=BUILT,
                rows=rows,
            )


@hypothesis("repeated", "ours runs on its own result what theirs runs once", "D66", "D70")
def repeated(bench: Bench) -> Iterator[Trial]:
    """Stop halfway, where the second half does what the first did."""
    path = _second_time(bench)
    if path:
        yield _stopped(lambda keep: {"calls": {path: _kept_on_second(keep)}})
        return
    middle = _middle(bench)
    if middle is not None:
        yield _stopped(lambda keep: {"sites": {middle.key: _kept(keep)}})


def _begins(bench: Bench, site: Site) -> bool:
    x = argument(site, "input")
    return (
        is_floating(x)
        and x.ndim > 1
        and is_floating(site.output)
        and not bench.name_of(x)
        and site.key not in bench.repeats
    )


def _next(bench: Bench, site: Site) -> Site | None:
    """Return the one call that works on what a call gave, None where there are none or several."""
    users = [
        other
        for other in bench.sites
        if other.order > site.order and any(value is site.output for value in other.made.args)
    ]
    one = users[0] if len(users) == 1 and is_floating(users[0].output) else None
    return one if one is not None and one.key not in bench.repeats else None


def _without(bench: Bench, chain: list[Site]) -> Trial:
    first, last = chain[0], chain[-1]
    memory: dict[str, Tensor] = {}

    def keep(made: Made) -> Any:  # noqa: ANN401
        memory["it"] = made.input * 1.0
        return made.run()

    ops, rows = ", ".join(site.op for site in chain), _rows(bench, chain)
    return Trial(
        theirs=f"none of {ops}",
        ours="all of them",
        place=f"{first.place} to {last.place}",
        sites={first.key: keep, last.key: lambda _made: memory["it"]},
        rank=BUILT,
        rows=rows,
        describes=not rows,
    )


def _rows(bench: Bench, chain: list[Site]) -> tuple[str, ...]:
    """Give what the calls of a chain may be, each alone; on an input, how that was prepared."""
    if prepares(bench, chain[0]) or (bench.reads_input(chain[0]) and _smooths(chain)):
        return (*(SMOOTHED if _smooths(chain) else PREPARED), *ANYTHING)
    found = [row for site in chain for row in rows_of(bench, site)]
    closest = tuple(dict.fromkeys(row for row in found if row not in ANYTHING))
    return (*closest, *ANYTHING) if closest else ()


def _smooths(chain: list[Site]) -> bool:
    return any("pool" in site.op or "conv" in site.op for site in chain)


def _shortened(x: Tensor, y: Tensor) -> bool:
    if x.ndim != y.ndim:
        return False
    return x.shape != y.shape and all(a >= b for a, b in zip(x.shape, y.shape, strict=True))


def runs_twice(bench: Bench) -> bool:
    """Whether the second half of what a part calls is the first half once more."""
    return bool(_second_time(bench)) or _middle(bench) is not None


def _second_time(bench: Bench) -> str:
    """Give the first submodule, when all of them are called twice in the same order."""
    paths = [passage.path for passage in bench.passages if "." not in passage.path]
    half = len(paths) // 2
    return paths[0] if half and len(paths) % 2 == 0 and paths[:half] == paths[half:] else ""


def _middle(bench: Bench) -> Site | None:
    """Give the last call of the first half, when the second half makes the same calls."""
    half = len(bench.sites) // 2
    ops = [site.op for site in bench.sites]
    if half < LEAST or len(ops) % 2 or ops[:half] != ops[half:]:
        return None
    middle = bench.sites[half - 1]
    return middle if is_floating(middle.output) and middle.key not in bench.repeats else None


def _stopped(changes: Callable[[dict[str, Tensor]], dict[str, Any]]) -> Trial:
    kept: dict[str, Tensor] = {}

    def around(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        kept.clear()
        return led(inner(*args, **kwargs), lambda _: kept["it"])

    return Trial(
        theirs="the whole part once",
        ours="once more on its own result",
        place="the whole part",
        around=around,
        rank=BUILT,
        **changes(kept),
    )


def _kept(kept: dict[str, Tensor]) -> Edit:
    def edit(made: Made) -> Any:  # noqa: ANN401
        kept["it"] = made.run()
        return kept["it"]

    return edit


def _kept_on_second(kept: dict[str, Tensor]) -> Callable[..., Any]:
    def around(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        if "begun" in kept:
            kept.setdefault("it", given(args, kwargs))  # type: ignore[arg-type]
        kept["begun"] = given(args, kwargs)  # type: ignore[assignment]
        return inner(*args, **kwargs)

    return around
