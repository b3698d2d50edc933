"""Take a tensor where it lives, and use it somewhere else: a trial of how calls are joined.

What may be taken is every floating tensor that a torch call or a submodule was given or gave. What
runs inside a loop is left alone, because there is no saying which of its turns is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.parity.causes.leading import fed, led
from scaffold.parity.causes.site import is_floating
from scaffold.parity.causes.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.passages import Passage
    from scaffold.parity.causes.site import Site
    from scaffold.parity.causes.trial import Around
    from scaffold.parity.causes.watch import Edit, Made

    Join = Callable[[Tensor, Tensor], Tensor]
    """What becomes of the tensor that is used, and of the one that was taken."""


GIVEN, GAVE = 0.5, 0.9
"""When a call has its arguments and its result; what lies between two calls comes before."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A place at which a tensor passes."""

    value: Tensor
    at: float
    """When it is there: how many calls of the part were made by then."""
    words: str
    site: Site | None = None
    path: str = ""
    gives: bool = False
    """Whether the place gives it, rather than is given it."""
    place: int = 0
    """Which argument, where a torch call is given it."""
    own: bool = True
    """Whether the code of the part itself passes it on, and no submodule within."""


def taps(bench: Bench) -> list[Tap]:
    """Return every place, in the order in which tensors are first there, modules before calls."""
    found = [*_of_passages(bench), *_of_sites(bench)]
    return sorted(found, key=lambda tap: (tap.at, tap.site is not None))


def taken(some: list[Tap]) -> list[Tap]:
    """Return one place for each tensor: the first."""
    first: dict[int, Tap] = {}
    for tap in some:
        first.setdefault(id(tap.value), tap)
    return list(first.values())


def joined(start: Tap, end: Tap, how: Join, theirs: str, ours: str, *, rank: int) -> Trial:
    """Return a trial that keeps a tensor at one place and joins it to that of a later place."""
    kept: dict[str, Tensor] = {}
    sites: dict[Any, Edit] = {}
    calls: dict[str, Around] = {}

    def keep(value: Tensor) -> Tensor:
        # A copy, because what works in place later would change what was taken.
        kept["it"] = value * 1.0
        return value

    def join(value: Tensor) -> Tensor:
        return how(value, kept["it"])

    for tap, change in ((start, keep), (end, join)):
        if tap.site is not None:
            edit = _edited(tap, change)
            before = sites.get(tap.site.key)
            sites[tap.site.key] = edit if before is None else _both(before, edit)
        else:
            inner = calls.get(tap.path)
            around = _passed(tap, change)
            calls[tap.path] = around if inner is None else _nested(inner, around)
    return Trial(theirs=theirs, ours=ours, place=end.words, sites=sites, calls=calls, rank=rank)


def _of_passages(bench: Bench) -> Iterator[Tap]:
    counts: dict[str, int] = {}
    for passage in bench.passages:
        counts[passage.path] = counts.get(passage.path, 0) + 1
    for passage in bench.passages:
        if counts[passage.path] == 1:
            yield from _ends(passage)


def _ends(passage: Passage) -> Iterator[Tap]:
    name, own = passage.path, "." not in passage.path
    if passage.taken is not None:
        yield Tap(passage.taken, passage.begins, f"the input of {name}", path=name, own=own)
    if passage.made is not None:
        words = f"the output of {name}"
        yield Tap(passage.made, passage.ends, words, path=name, gives=True, own=own)


def _of_sites(bench: Bench) -> Iterator[Tap]:
    for site in bench.sites:
        if site.key in bench.repeats:
            continue
        own = not site.module
        for place, value in enumerate(site.made.args[:4]):
            if is_floating(value) and value.ndim and not bench.name_of(value):
                words = f"argument {place + 1} of {site.place}"
                yield Tap(value, site.order + GIVEN, words, site=site, place=place, own=own)
        if is_floating(site.output) and site.output.ndim:
            words = f"the result of {site.place}"
            yield Tap(site.output, site.order + GAVE, words, site=site, gives=True, own=own)


def _edited(tap: Tap, change: Callable[[Tensor], Tensor]) -> Edit:
    def result(made: Made) -> Any:  # noqa: ANN401
        return led(made.run(), change)

    def argument(made: Made) -> Any:  # noqa: ANN401
        args = list(made.args)
        args[tap.place] = change(args[tap.place])
        made.args = tuple(args)
        return made.run()

    return result if tap.gives else argument


def _both(first: Edit, second: Edit) -> Edit:
    """Let two edits work on one call: what the first did to the arguments, the second sees."""

    def edit(made: Made) -> Any:  # noqa: ANN401
        first(made)
        return second(made)

    return edit


def _passed(tap: Tap, change: Callable[[Tensor], Tensor]) -> Around:
    def around(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        if tap.gives:
            return led(inner(*args, **kwargs), change)
        args, kwargs = fed(args, kwargs, change)
        return inner(*args, **kwargs)

    return around


def _nested(first: Around, second: Around) -> Around:
    def around(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        return second(lambda *a, **k: first(inner, a, k), args, kwargs)

    return around
