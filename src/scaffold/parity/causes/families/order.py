"""In which order the calls of a part follow each other."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

from torch import Tensor

from scaffold.parity.causes.bench import Bench, Site, is_floating
from scaffold.parity.causes.edits import NORMS, SOFTMAXES, argument, at
from scaffold.parity.causes.families.activations import NAMES
from scaffold.parity.causes.leading import fed, given, led
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

    from scaffold.parity.causes.trial import Around
    from scaffold.parity.causes.watch import Edit, Key, Made

FAR = 4
"""How many calls further an operation that is no normalisation is tried."""
MOVABLE = (*NORMS, *NAMES, *SOFTMAXES, "normalize", "dropout", "mul", "div")


@hypothesis("order", "normalisation, activation and sum stand in another order", "D59", "D64")
def other_order(bench: Bench) -> Iterator[Trial]:
    """Do an operation later, or earlier: pre- and post-norm, activation and norm."""
    tensors = [site for site in bench.sites if is_floating(site.output)]
    for place, site in enumerate(tensors):
        if site.op not in MOVABLE or not site.same_shape:
            continue
        far = len(tensors) if site.op in NORMS else FAR
        for later in tensors[place + 1 : place + 1 + far]:
            if later.output.shape == site.output.shape or later.output.ndim == site.output.ndim:
                yield _moved_behind(site, later)
        for earlier in tensors[max(0, place - far) : place]:
            if is_floating(earlier.made.args[0] if earlier.made.args else None):
                trial = _moved_before(bench, site, earlier)
                if trial is not None:
                    yield trial
    yield from _every_norm_moved(bench)
    yield from _submodules_moved(bench)


@hypothesis("cat-order", "what is joined stands in another order", "D57", "D62")
def cat_order(bench: Bench) -> Iterator[Trial]:
    """Join in every other order."""
    for site in bench.of("cat", "stack"):
        pieces = argument(site, "tensors")
        if not isinstance(pieces, list | tuple) or not 1 < len(pieces) <= FAR:
            continue
        for order in permutations(range(len(pieces))):
            if order != tuple(range(len(pieces))):
                edit: Edit = lambda made, order=order: made.run(  # type: ignore[misc] # noqa: E731
                    tensors=[made.value("tensors")[place] for place in order]
                )
                yield at(site, edit, f"joined in the order {order}", "as they come")


def _moved_behind(site: Site, later: Site) -> Trial:
    return Trial(
        theirs=f"{site.op} after {later.op}",
        ours="before it",
        place=f"{site.place} and {later.place}",
        sites=_put_behind(site, later),
        rank=BUILT,
    )


def _put_behind(site: Site, later: Site) -> dict[Key, Edit]:
    def put_off(made: Made) -> Tensor:
        made.memory[str(site.key)] = made
        return made.input * 1.0

    def done(made: Made) -> Any:  # noqa: ANN401
        kept = made.memory[str(site.key)]
        return kept.func(made.run(), *kept.args[1:], **kept.kwargs)

    return {site.key: put_off, later.key: done}


def _moved_before(bench: Bench, site: Site, earlier: Site) -> Trial | None:
    """Do a call on the input of an earlier one and of all that read the same."""
    edits = _put_before(bench, site, earlier)
    if edits is None:
        return None
    return Trial(
        theirs=f"{site.op} before {earlier.op}",
        ours="after it",
        place=f"{site.place} and {earlier.place}",
        sites=edits,
        rank=BUILT,
    )


def _put_before(bench: Bench, site: Site, earlier: Site) -> dict[Key, Edit] | None:
    """Return the edits, None when an argument of the call is not known by then."""
    names: dict[int, str] = {}
    for value in (*site.made.args[1:], *site.made.kwargs.values()):
        if isinstance(value, Tensor):
            names[id(value)] = bench.name_of(value)
    if not all(names.values()):
        return None

    def filled(made: Made, value: Any) -> Any:  # noqa: ANN401
        return made.state[names[id(value)]] if isinstance(value, Tensor) else value

    def first(made: Made) -> Any:  # noqa: ANN401
        rest = [filled(made, value) for value in site.made.args[1:]]
        words = {name: filled(made, value) for name, value in site.made.kwargs.items()}
        x = site.made.func(made.input, *rest, **words)
        return made.func(x, *made.args[1:], **made.kwargs)

    readers = [
        other
        for other in bench.before(site)
        if other.made.args
        and other.made.args[0] is earlier.made.args[0]
        and (other is earlier or other.op not in ("add", "iadd"))
    ]
    edits: dict[Key, Edit] = {reader.key: first for reader in readers}
    edits[site.key] = lambda made: made.input * 1.0
    return edits


def _every_norm_moved(bench: Bench) -> Iterator[Trial]:
    """Turn pre-norm into post-norm and back, at all places at once."""
    sums = [site for site in bench.of("add", "iadd") if is_floating(argument(site, "other"))]
    norms = [site for site in bench.of(*NORMS) if site.same_shape]
    behind: dict[Key, Edit] = {}
    before: dict[Key, Edit] = {}
    for norm in norms:
        later = next((one for one in sums if one.order > norm.order), None)
        if later is not None and later.output.shape == norm.output.shape:
            behind |= _put_behind(norm, later)
        summed = next((one for one in sums if one.output is norm.made.input), None)
        first = None if summed is None else _first_of_branch(bench, summed)
        edits = None if first is None else _put_before(bench, norm, first)
        before |= edits or {}
    for edits, words in ((behind, "after the sums"), (before, "before the branches")):
        if len(edits) > 2:  # noqa: PLR2004 - more than one normalisation
            yield Trial(
                theirs=f"every normalisation {words}",
                ours="the other way",
                place=f"{norms[0].place} and the others",
                sites=edits,
                rank=BUILT,
            )


def _first_of_branch(bench: Bench, summed: Site) -> Site | None:
    """Return the first call that reads what the residual carries past a branch."""
    for carried in summed.made.args[:2]:
        for site in bench.before(summed):
            if site.made.args and site.made.args[0] is carried:
                return site
    return None


def _submodules_moved(bench: Bench) -> Iterator[Trial]:
    """Exchange two submodules, and put one off until a later sum of the part."""
    paths = bench.shape_keeping
    called = list(bench.called)
    for path in paths:
        for other in called:
            if other == path or other.startswith(f"{path}.") or path.startswith(f"{other}."):
                continue
            if called.index(other) > called.index(path):
                yield _exchanged_calls(path, other)
        for site in bench.of("add"):
            if site.module == "" and site.same_shape:
                yield _put_off(path, site)
    yield from _norms_before(bench)


def _exchanged_calls(first: str, second: str) -> Trial:
    memory: dict[str, Any] = {}

    def put_off(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        memory["inner"] = inner
        return given(args, kwargs)

    def both(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        return led(inner(*args, **kwargs), memory["inner"])

    return Trial(
        theirs=f"{first} after {second}",
        ours="before it",
        place=f"{first} and {second}",
        calls={first: put_off, second: both},
        rank=BUILT,
    )


def _norms_before(bench: Bench) -> Iterator[Trial]:
    """Call normalisations before the branches that they follow: each alone, and all at once."""
    part, called = bench.part, [path for path in bench.called if "." not in path]
    norms = [path for path in called if "norm" in type(bench.submodules[path]).__name__.lower()]
    pairs = []
    for norm in norms:
        start = max((called.index(n) + 1 for n in norms[: norms.index(norm)]), default=0)
        pairs += [(norm, branch) for branch in called[start : called.index(norm)][:1]]
    if part is None:
        return
    for some in [[pair] for pair in pairs] + ([pairs] if len(pairs) > 1 else []):
        calls: dict[str, Around] = {}
        for norm, branch in some:
            calls |= {norm: _skipped, branch: _normed(part.get_submodule(norm))}
        yield Trial(
            theirs=" and ".join(f"{norm} before {branch}" for norm, branch in some),
            ours="after the sum",
            place=" and ".join(norm for norm, _ in some),
            calls=calls,
            rank=BUILT,
        )


def _skipped(_inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
    return given(args, kwargs)


def _normed(norm: nn.Module) -> Around:
    # By its class, because the instance is told to do nothing at its own place.
    def around(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        args, kwargs = fed(args, kwargs, lambda x: type(norm).forward(norm, x))
        return inner(*args, **kwargs)

    return around


def _put_off(path: str, site: Site) -> Trial:
    memory: dict[str, Any] = {}

    def skip(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        memory["inner"] = inner
        return given(args, kwargs)

    def done(made: Made) -> Any:  # noqa: ANN401
        return memory["inner"](made.run())

    return Trial(
        theirs=f"{path} after {site.op}",
        ours="before it",
        place=f"{path} and {site.place}",
        calls={path: skip},
        sites={site.key: done},
        rank=BUILT,
    )
