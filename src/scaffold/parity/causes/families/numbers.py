"""Numbers that ours multiplies with, adds, divides by or raises to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from scaffold.parity.causes.bench import Bench, Site, is_floating
from scaffold.parity.causes.edits import (
    PRODUCTS,
    SOFTMAXES,
    after,
    argument,
    at,
    changing,
    free_each_and_all,
    on_input,
    scalar,
)
from scaffold.parity.causes.families.activations import CUBIC, ROOT, SLOPE, is_activation
from scaffold.parity.causes.registry import WITH_LOSS, hypothesis
from scaffold.parity.causes.trial import ANY, BUILT, Free, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.parity.causes.watch import Edit, Made

TINY = 0.05
GELU_NEAR = 0.2
"""How far a number may be from one of GELU's to be taken for it."""


@hypothesis(
    "scale",
    "another scale: of attention scores, of a residual, of an embedding",
    "D56",
    "D60",
    rungs=WITH_LOSS,
)
def other_scale(bench: Bench) -> Iterator[Trial | Free]:
    """Solve for the number of every multiplication and division by a number."""
    for site in bench.of("scaled_dot_product_attention"):
        width = argument(site, "query").shape[-1]
        mine = argument(site, "scale")
        yield from free_each_and_all(
            [site],
            lambda _, number: changing(scale=number),
            lambda number: f"scale={number:.6g}",
            lambda _site, mine=mine, width=width: (  # type: ignore[misc]
                f"{width}**-0.5" if mine is None else f"{mine:.6g}"
            ),
            _scales(bench),
        )
    plain = [site for site in bench.of("mul", "div") if _has_number(site)]
    for site in plain:
        mine = scalar(site) or 1.0
        yield from _one_less(bench, site, mine)
        yield from free_each_and_all(
            [site],
            lambda _, number: _with_number(number),
            lambda number, op=site.op: f"{_WORD[op]} {number:.6g}",  # type: ignore[misc]
            lambda site: f"{_WORD[site.op]} {scalar(site):.6g}",
            (1.0, -1.0, *_scales(bench)) if mine > 0 else (-1.0, 1.0),
            positive=mine > 0,
            rows=_rows_of_scale(bench, site, mine),
        )
    if len(plain) > 1 and len({(site.op, scalar(site)) for site in plain}) == 1:
        yield from list(
            free_each_and_all(
                plain,
                lambda _, number: _with_number(number),
                lambda number: f"{_WORD[plain[0].op]} {number:.6g}",
                lambda site: f"{scalar(site):.6g}",
                (1.0,),
            )
        )[-1:]


def _rows_of_scale(bench: Bench, site: Site, mine: float) -> tuple[str, ...]:
    """Give what a number is a part of: of GELU by tanh, of how an input is prepared."""
    if bench.of("tanh") and any(abs(mine / known - 1.0) < GELU_NEAR for known in (CUBIC, ROOT)):
        return ("D49", "D50")
    return ("D16", "D56", "D60") if bench.reads_input(site) else ()


def _one_less(bench: Bench, site: Site, mine: float) -> Iterator[Trial]:
    """Count one less where ours multiplies with or divides by how many there are, or one more."""
    for other in (mine - 1.0, mine + 1.0):
        if mine.is_integer() and max(mine, other) in bench.sizes and other > 1.0:
            theirs = f"{_WORD[site.op]} {other:g}, {max(mine, other):g} being how many there are"
            yield at(site, _with_number(other), theirs, f"{_WORD[site.op]} {mine:g}", rows=("D79",))


@hypothesis("scale-missing", "theirs scales where ours does not", "D56", "D60", rungs=WITH_LOSS)
def missing_scale(bench: Bench) -> Iterator[Free]:
    """Solve for a factor after a product, before a softmax, on an operand of a sum."""
    sites = bench.of(*PRODUCTS, "embedding", "linear")
    yield from free_each_and_all(
        sites,
        lambda _, number: after(lambda y: y * number),
        lambda number: f"times {number:.6g}",
        lambda _: "not scaled",
        _scales(bench),
        rank=BUILT,
    )
    yield from free_each_and_all(
        bench.of(*SOFTMAXES),
        lambda _, number: on_input(lambda x: x * number),
        lambda number: f"its input times {number:.6g}",
        lambda _: "not scaled",
        _scales(bench),
        rank=BUILT,
    )
    yield from free_each_and_all(
        bench.of("sigmoid", "tanh", "exp"),
        lambda _, number: on_input(lambda x: x * number),
        lambda number: f"its input times {number:.6g}",
        lambda _: "not scaled",
        _scales(bench),
        rank=BUILT,
        rows=("D50", "D56", "D60"),
    )
    rows = SLOPE if is_activation(bench) else ()
    for site in bench.of("add"):
        if scalar(site) is not None:
            continue
        for place, word in enumerate(("first", "second")):
            yield from free_each_and_all(
                [site],
                lambda _, number, place=place: _operand_scaled(place, number),  # type: ignore[misc]
                lambda number, word=word: f"its {word} operand times {number:.6g}",  # type: ignore[misc]
                lambda _: "not scaled",
                (0.5, 2.0, 0.1),
                rank=BUILT,
                rows=rows,
            )


@hypothesis("offset", "another number is added", "D62", "D80", rungs=WITH_LOSS)
def other_offset(bench: Bench) -> Iterator[Trial | Free]:
    """Solve for the number of every addition and subtraction of a number, and for a new one."""
    sites = [
        site
        for site in bench.of("add", "sub", "rsub")
        if _has_number(site) and abs(scalar(site) or 0.0) > TINY
    ]
    yield from free_each_and_all(
        sites,
        lambda _, number: _with_number(number),
        lambda number: f"{number:.6g} is added or taken",
        lambda site: f"{scalar(site):.6g}",
        (0.0, 0.5, 1.0, 2.0),
        positive=False,
    )
    for site in bench.of("arange", "linspace"):
        for shift in (0.5, 1, -1, 2, -0.5):
            yield at(
                site,
                after(lambda y, shift=shift: y + shift),  # type: ignore[misc]
                f"counted from {shift:+g}",
                "0",
            )


@hypothesis("exponent", "another exponent or base", "D50", rungs=WITH_LOSS)
def other_exponent(bench: Bench) -> Iterator[Free]:
    """Solve for the exponent or base of a power."""
    for op, name in (("pow", "exponent"), ("rpow", "base")):
        sites = [site for site in bench.of(op) if _has_number(site)]
        positive = [site for site in sites if (scalar(site) or 0.0) > 0]
        yield from free_each_and_all(
            positive,
            lambda _, number: _with_number(number),
            lambda number, name=name: f"{name}={number:.6g}",  # type: ignore[misc]
            lambda site: f"{scalar(site):.6g}",
            (2.0, 1.0, 3.0, 0.5, 1.5) if op == "pow" else (1e4, 1e6, 1e3, 5e5),
        )


@hypothesis(
    "sign", "a sign or the order of a subtraction is exchanged", "D60", "D95", rungs=WITH_LOSS
)
def other_sign(bench: Bench) -> Iterator[Trial]:
    """Exchange plus and minus, drop a negation, turn a subtraction round."""
    for site in bench.of("add", "sub"):
        if not _two_tensors(site):
            continue
        left, right = ("sub", "added") if site.op == "add" else ("add", "taken away")
        edit: Edit = lambda made, other=left: getattr(torch, other)(*made.args[:2])  # type: ignore[misc] # noqa: E731
        word = "the second operand is taken away" if site.op == "add" else "the operands are added"
        yield at(site, edit, word, right)
        if site.op == "sub":
            turned: Edit = lambda made: made.args[1] - made.args[0]  # noqa: E731
            yield at(
                site, turned, "the second operand minus the first", "the first minus the second"
            )
    for site in bench.of("neg"):
        yield at(site, lambda made: made.input * 1.0, "not negated", "negated")
    for site in bench.of("sin", "cos"):
        yield at(site, after(torch.neg), f"minus {site.op}", site.op)


@hypothesis("output", "the output is scaled or moved by one number", "D60", rungs=WITH_LOSS)
def whole_output(bench: Bench) -> Iterator[Free]:
    """Solve for one factor, and for one number added, on the output as a whole."""
    if bench.part is None and not bench.sites:
        return

    def factor(number: float) -> Trial:
        return _outer(lambda y: y * number, f"the output times {number:.6g}")

    def added(number: float) -> Trial:
        return _outer(lambda y: y + number, f"the output plus {number:.6g}")

    yield Free(make=factor, grid=(0.5, 2.0, 255.0, 1 / 255))
    yield Free(make=factor, grid=(-1.0,), positive=False)
    yield Free(make=added, grid=(1.0, -1.0, 0.5), positive=False)


_WORD = {"mul": "times", "div": "divided by"}


def _scales(bench: Bench) -> tuple[float, ...]:
    sizes = sorted(bench.sizes)[:8]
    return (1.0, *(size**-0.5 for size in sizes), *(1.0 / size for size in sizes[:3]))


def _has_number(site: Site) -> bool:
    """Whether a tensor meets a number, or a single element that is as good as one."""
    values = site.made.args[:2]
    return _number_at(values) is not None and any(is_floating(value) for value in values)


def _number_at(values: Sequence[Any]) -> int | None:
    for place, value in enumerate(values):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return place
    single = [p for p, value in enumerate(values) if isinstance(value, Tensor) and not value.ndim]
    return single[0] if len(single) == 1 and len(values) > 1 else None


def _two_tensors(site: Site) -> bool:
    return len(site.made.args) > 1 and all(
        is_floating(value) and value.ndim > 0 for value in site.made.args[:2]
    )


def _with_number(number: float) -> Edit:
    def edit(made: Made) -> Any:  # noqa: ANN401
        args = list(made.args)
        place = _number_at(args[:2])
        if place is None:
            raise ValueError("the call works with no number")
        value = args[place]
        args[place] = torch.full_like(value, number) if isinstance(value, Tensor) else number
        return made.func(*args, **made.kwargs)

    return edit


def _operand_scaled(place: int, number: float) -> Edit:
    def edit(made: Made) -> Any:  # noqa: ANN401
        args = list(made.args)
        args[place] = args[place] * number
        return made.func(*args, **made.kwargs)

    return edit


def _outer(function: Any, theirs: str) -> Trial:  # noqa: ANN401
    def around(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        output = inner(*args, **kwargs)
        return function(output) if isinstance(output, Tensor) else output

    return Trial(theirs=theirs, place="the output", around=around, rank=ANY)
