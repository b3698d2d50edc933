"""Build trials from call sites in a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from scaffold.parity.causes.site import is_floating
from scaffold.parity.causes.trial import NAMED, Free, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scaffold.parity.causes.bench import Site
    from scaffold.parity.causes.watch import Edit, Made

NORMS = ("layer_norm", "rms_norm", "batch_norm", "group_norm", "instance_norm")
CONVS = ("conv1d", "conv2d", "conv3d")
CONVS_BACK = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
MAX_POOLS = ("max_pool1d", "max_pool2d", "max_pool3d")
AVG_POOLS = ("avg_pool1d", "avg_pool2d", "avg_pool3d")
PRODUCTS = ("matmul", "bmm", "einsum", "baddbmm", "mm")
SOFTMAXES = ("softmax", "log_softmax")


def at(
    site: Site,
    edit: Edit,
    theirs: str,
    ours: str = "",
    *,
    rank: int = NAMED,
    rows: tuple[str, ...] = (),
) -> Trial:
    """Return a trial that answers one call in another way."""
    return Trial(
        theirs=theirs, ours=ours, place=site.place, sites={site.key: edit}, rank=rank, rows=rows
    )


def each_and_all(
    sites: Iterable[Site], make: Callable[[Site], tuple[Edit, str, str] | None]
) -> Iterator[Trial]:
    """Return a trial per site, and one that changes every site in the same way.

    A wrong value in a configuration is wrong at every place that reads it.
    """
    made = [(site, found) for site in sites if (found := make(site)) is not None]
    for site, (edit, theirs, ours) in made:
        yield at(site, edit, theirs, ours)
    claims = {theirs for _, (_, theirs, _) in made}
    if len(made) > 1 and len(claims) == 1:
        yield Trial(
            theirs=claims.pop(),
            ours=made[0][1][2],
            place=f"every {_ops(site for site, _ in made)}",
            sites={site.key: edit for site, (edit, _, _) in made},
        )


def free_each_and_all(
    sites: Iterable[Site],
    change: Callable[[Site, float], Edit],
    say: Callable[[float], str],
    ours: Callable[[Site], str],
    grid: tuple[float, ...] | Callable[[Site], tuple[float, ...]],
    *,
    positive: bool = True,
    rank: int = NAMED,
    rows: tuple[str, ...] = (),
) -> Iterator[Free]:
    """Return a search for one number per site, and one for all sites at once."""
    sites = list(sites)

    def search(some: list[Site], place: str) -> Free:
        def make(number: float) -> Trial:
            return Trial(
                theirs=say(number),
                ours=ours(some[0]),
                place=place,
                sites={site.key: change(site, number) for site in some},
                rank=rank,
                rows=rows,
            )

        start = grid(some[0]) if callable(grid) else grid
        own = _number(ours(some[0]), positive=positive)
        return Free(make=make, grid=(*own, *start), positive=positive)

    for site in sites:
        yield search([site], site.place)
    if len(sites) > 1:
        yield search(sites, f"every {_ops(sites)}")


def changing(**changes: Any) -> Edit:  # noqa: ANN401 - any argument
    """Return an edit that makes the call with other arguments."""
    return lambda made: made.run(**changes)


def answering(function: Callable[[Tensor], Any]) -> Edit:
    """Return an edit that gives a function of the first argument instead."""
    return lambda made: function(made.input)


def after(function: Callable[[Tensor], Any]) -> Edit:
    """Return an edit that applies a function to what the call gives."""
    return lambda made: function(made.run())


def on_input(function: Callable[[Tensor], Tensor]) -> Edit:
    """Return an edit that applies a function to the first argument."""

    def edit(made: Made) -> Any:  # noqa: ANN401
        args = (function(made.input), *made.args[1:])
        return made.func(*args, **{k: v for k, v in made.kwargs.items() if k != "input"})

    return edit


def argument(site: Site, name: str, default: Any = None) -> Any:  # noqa: ANN401 - any argument
    """Return an argument of a call as it was made."""
    return site.made.value(name, default)


def scalar(site: Site) -> float | None:
    """Return the plain number that an arithmetic call works with, None where there is none."""
    values = (*site.made.args, *site.made.kwargs.values())
    for value in values:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    for value in values:
        if isinstance(value, Tensor) and value.ndim == 0:
            return float(value)
    return None


def is_mask(value: object) -> bool:
    """Whether an added tensor holds nothing but zeros and one large negative number."""
    if not is_floating(value) or value.ndim < 2:  # noqa: PLR2004 - queries, keys
        return False
    return bool(((value == 0) | (value < -1e3)).all())  # noqa: PLR2004 - hides anything


def each_axis(value: Any, axes: int) -> list[int] | None:  # noqa: ANN401 - an int, a tuple, a word
    """Return a setting of a convolution per axis, None for a word such as `same`."""
    if isinstance(value, str):
        return None
    if isinstance(value, int):
        return [value] * axes
    given = [int(one) for one in value]
    return given * axes if len(given) == 1 else given


def _number(words: str, *, positive: bool) -> tuple[float, ...]:
    """Return the number of ours that the words end in: a search may well begin there."""
    try:
        number = float(words.rpartition(" ")[2])
    except ValueError:
        return ()
    return (number,) if number > 0.0 or not positive else ()


def _ops(sites: Iterable[Site]) -> str:
    return " and ".join(dict.fromkeys(site.op for site in sites))
