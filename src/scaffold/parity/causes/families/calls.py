"""Calls that one side makes and the other does not, or makes twice, or makes in place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from torch import nn
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear

from scaffold.parity.causes.bench import Bench, is_floating
from scaffold.parity.causes.edits import NORMS, SOFTMAXES, after, at, on_input
from scaffold.parity.causes.extras import joins, rows_of
from scaffold.parity.causes.families.activations import NAMES
from scaffold.parity.causes.leading import fed, given, leading, led
from scaffold.parity.causes.registry import WITH_LOSS, hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.parity.causes.watch import Edit, Made

MOVABLE = (*NORMS, *NAMES, *SOFTMAXES, "normalize", "dropout", "mul", "div")
NOT_DROPPED = ("reshape", "permute", "transpose", "getitem", "expand", "clone", "detach", "dropout")


@hypothesis("extra", "ours does something that theirs does not", "D59", "D66", rungs=WITH_LOSS)
def extra_call(bench: Bench) -> Iterator[Trial]:
    """Leave out every call and every submodule that keeps the shape."""
    for site in bench.sites:
        if site.same_shape and site.op not in NOT_DROPPED and site.made.input.ndim > 0:
            edit: Edit = lambda made: made.input * 1.0  # noqa: E731
            rows = rows_of(bench, site)
            leave = at(site, edit, f"no {site.op}", "done", rank=BUILT, rows=rows)
            yield replace(leave, describes=not rows)
            if joins(site):
                other: Edit = lambda made: made.value("other") * 1.0  # noqa: E731
                words = f"no {site.op}, only its second operand"
                yield at(site, other, words, "both", rank=BUILT, rows=rows)

    for path in bench.shape_keeping:
        yield Trial(
            theirs=f"{path} is not called",
            ours="called",
            place=path,
            calls={path: _skipped},
            rank=BUILT,
        )
    for path in _called_on_itself(bench):
        yield Trial(
            theirs=f"{path} is called once",
            ours="on its own result too",
            place=path,
            calls={path: _only_first()},
            rank=BUILT,
            rows=("D66",),
        )


@hypothesis(
    "twice", "ours does once what theirs does twice, or the reverse", "D85", rungs=WITH_LOSS
)
def twice(bench: Bench) -> Iterator[Trial]:
    """Apply every call and submodule that keeps the shape a second time."""
    for site in bench.sites:
        if site.same_shape and site.op in (*MOVABLE, "linear", "pow", "sqrt", "exp"):
            yield at(site, _again, f"{site.op} twice", "once", rank=BUILT)

    def again(inner: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        once = leading(inner(*args, **kwargs))
        fresh, words = fed(args, kwargs, lambda _: once)
        return inner(*fresh, **words)

    for path in bench.shape_keeping:
        yield Trial(
            theirs=f"{path} twice", ours="once", place=path, calls={path: again}, rank=BUILT
        )


@hypothesis("not-called", "theirs calls a submodule that ours never calls", "D59", "D68")
def not_called(bench: Bench) -> Iterator[Trial]:
    """Apply every submodule that was not called, to the input, the output and every submodule."""
    if bench.part is None:
        return
    idle = [
        path
        for path, module in bench.submodules.items()
        if path not in bench.called
        and type(module) not in (nn.ModuleList, nn.ModuleDict)
        and not any(path.startswith(f"{outer}.") for outer in _uncalled(bench))
    ]
    for path in idle:
        if not isinstance(bench.submodules[path], NonDynamicallyQuantizableLinear):
            yield from _called_somewhere(bench, path)


@hypothesis("in-place", "an operation in place changes what a later call reads, or does not", "D73")
def in_place(bench: Bench) -> Iterator[Trial]:
    """Change the input, or leave it alone."""
    for site in bench.sites:
        named = getattr(site.made.func, "__name__", "").rstrip("_") != getattr(
            site.made.func, "__name__", ""
        )
        if site.made.kwargs.get("inplace") or (named and not site.op.startswith("i")):
            yield at(site, _apart, "not in place", "in place")
        elif site.op in NAMES and site.same_shape:
            edit: Edit = lambda made: made.input.copy_(made.run())  # noqa: E731
            yield at(site, edit, "in place", "not in place")


def _called_somewhere(bench: Bench, path: str) -> Iterator[Trial]:
    module = bench.submodules[path]

    def called(x: Any) -> Any:  # noqa: ANN401
        return leading(module(x))

    def before(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        args, kwargs = fed(args, kwargs, called)
        return inner(*args, **kwargs)

    def behind(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        return led(inner(*args, **kwargs), called)

    for words, way in (("input", before), ("output", behind)):
        for at_path in [p for p in bench.called if p != path]:
            yield Trial(
                theirs=f"{path} is called on the {words} of {at_path}",
                ours="never called",
                place=at_path,
                calls={at_path: way},
                rank=BUILT,
            )
    for site in bench.sites:
        if is_floating(site.output) and site.output.ndim > 1 and not site.module:
            theirs = f"{path} is called after it"
            yield at(site, after(called), theirs, "never called", rank=BUILT)
        if site.made.args and is_floating(site.made.input) and not site.module:
            theirs = f"{path} is called before it"
            yield at(site, on_input(called), theirs, "never called", rank=BUILT)


def _uncalled(bench: Bench) -> list[str]:
    """Return the submodules that are never called, lists of them aside."""
    return [
        path
        for path, module in bench.submodules.items()
        if path not in bench.called and type(module) not in (nn.ModuleList, nn.ModuleDict)
    ]


def _skipped(_inner: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
    return given(args, kwargs)


def _called_on_itself(bench: Bench) -> list[str]:
    """Return the submodules that are called on what they have just given."""
    found: dict[str, None] = {}
    for one, other in zip(bench.passages, bench.passages[1:], strict=False):
        if one.path == other.path and one.made is not None and one.made is other.taken:
            found[one.path] = None
    return list(found)


def _only_first() -> Callable[..., Any]:
    """Return a way to call that leaves out a call on what the last one gave."""
    last: dict[str, Any] = {}

    def around(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        first = given(args, kwargs)
        if first is last.get("made"):
            return first
        output = inner(*args, **kwargs)
        last["made"] = leading(output)
        return output

    return around


def _again(made: Made) -> Any:  # noqa: ANN401
    once = made.run()
    return made.func(once, *made.args[1:], **made.kwargs)


def _apart(made: Made) -> Any:  # noqa: ANN401
    made.memory["apart"] = True
    given = made.run()
    return given.clone()
