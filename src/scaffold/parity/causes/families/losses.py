"""What a loss does with its numbers: reduction, smoothing, ignored targets, stopped gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from scaffold.core.comparison import Rung
from scaffold.parity.causes.bench import is_floating
from scaffold.parity.causes.edits import argument, at, changing, free_each_and_all, on_input, scalar
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Free, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.bench import Bench, Site
    from scaffold.parity.causes.watch import Edit, Made

LOSS = (Rung.LOSS,)
REDUCED = (
    "cross_entropy",
    "nll_loss",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "kl_div",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
)
SMOOTHING = (0.0, 0.1, 0.05, 0.2)
VANISHED = 7e-46
"""What float32 rounds to zero."""


@hypothesis(
    "reduction",
    "summed instead of averaged, or averaged over something else",
    "D84",
    "D91",
    rungs=LOSS,
)
def reduction(bench: Bench) -> Iterator[Trial]:
    """Exchange sum and mean; divide the sum by the batch or by all elements."""
    for site in bench.of(*REDUCED):
        mine = argument(site, "reduction", "mean")
        for other in ("mean", "sum"):
            if mine not in (other, "none"):
                yield at(site, changing(reduction=other), f"reduction={other}", mine)
        if mine != "none":
            for word, count in (("the batch", _batch), ("all elements", _elements)):
                edit: Edit = lambda made, c=count: made.run(reduction="sum") / c(made.input)  # type: ignore[misc] # noqa: E731
                yield at(site, edit, f"the sum over {word}", mine)
    for site in bench.of("mean", "sum"):
        axes = argument(site, "dim")
        words = {} if axes is None else {"dim": axes, "keepdim": bool(argument(site, "keepdim"))}
        other = "sum" if site.op == "mean" else "mean"
        swapped: Edit = lambda made, w=words, o=other: getattr(made.input, o)(**w)  # type: ignore[misc] # noqa: E731
        yield at(site, swapped, other, site.op)
        if site.op == "sum":
            edit = lambda made: made.run() / made.input.shape[0]  # noqa: E731
            yield at(site, edit, "the sum over the batch", "the sum")


@hypothesis("label-smoothing", "another label smoothing, or its e/(K-1) form", "D87", rungs=LOSS)
def label_smoothing(bench: Bench) -> Iterator[Trial | Free]:
    """Solve for the smoothing, and try the form that leaves the true class out."""
    for site in bench.of("cross_entropy"):
        mine = float(argument(site, "label_smoothing", 0.0))
        classes = site.made.input.shape[1] if site.made.input.ndim > 1 else 2
        for e in dict.fromkeys((mine, *SMOOTHING)):
            if e > 0:
                spread = e * classes / (classes - 1)
                words = f"label smoothing {e:g} over the other classes, e/(K-1)"
                yield at(site, changing(label_smoothing=spread), words, f"{mine:g}, e/K")
        yield from free_each_and_all(
            [site],
            lambda _, e: changing(label_smoothing=min(max(e, 0.0), 1.0)),
            lambda e: f"label smoothing {e:g}",
            lambda _, mine=mine: f"{mine:g}",  # type: ignore[misc]
            SMOOTHING,
            positive=False,
        )
    yield from _by_hand(bench)


@hypothesis(
    "ignored",
    "ignored targets count in the mean, or another class is ignored",
    "D98",
    "D42",
    rungs=LOSS,
)
def ignored(bench: Bench) -> Iterator[Trial]:
    """Divide by all targets; ignore other classes."""
    for site in bench.of("cross_entropy", "nll_loss"):
        mine = argument(site, "ignore_index", -100)
        if argument(site, "reduction", "mean") == "mean":
            edit: Edit = lambda made: made.run(reduction="sum") / made.value("target").numel()  # noqa: E731
            yield at(site, edit, "the mean over all targets, ignored ones too", "over the others")
        for other in (-100, 255, 0, -1, site.made.input.shape[-1] - 1):
            if other != mine:
                yield at(site, changing(ignore_index=other), f"ignore_index={other}", f"{mine}")


@hypothesis("class-weight", "classes or samples are weighted, or are not", "D92", "D94", rungs=LOSS)
def class_weight(bench: Bench) -> Iterator[Trial]:
    """Leave the weights out."""
    for site in bench.of(*REDUCED):
        for name in ("weight", "pos_weight"):
            if argument(site, name) is not None:
                yield at(site, changing(**{name: None}), f"no {name}", f"a {name}")


@hypothesis("gradient-stopped", "theirs stops a gradient that ours lets through", "D88", rungs=LOSS)
def gradient_stopped(bench: Bench) -> Iterator[Trial]:
    """Detach what every call gives, and every operand of a product, quotient or difference."""
    for site in bench.sites:
        if site.op != "detach" and is_floating(site.output) and site.output.requires_grad:
            edit: Edit = lambda made: made.run().detach()  # noqa: E731
            yield at(site, edit, f"{site.op} detached", "gradient flows", rank=BUILT)
    for site in bench.of("mul", "div", "sub", "add"):
        for place in range(min(2, len(site.made.args))):
            if is_floating(site.made.args[place]) and site.made.args[place].requires_grad:
                words = f"factor {place + 1} of {site.op} detached"
                yield at(site, _detached(place), words, "gradient flows", rank=BUILT)


@hypothesis(
    "gradient-let-through",
    "ours stops a gradient that theirs lets through",
    "D89",
    "D90",
    rungs=LOSS,
)
def gradient_let_through(bench: Bench) -> Iterator[Trial]:
    """Take a detach away; let the gradient through a clamp."""
    for site in bench.of("detach"):
        yield at(site, lambda made: made.input * 1.0, "not detached", "detached")
    for site in bench.of("clamp", "round", "floor", "sign", "relu"):
        edit: Edit = lambda made: made.input + (made.run() - made.input).detach()  # noqa: E731
        yield at(site, edit, f"the gradient passes {site.op} unchanged", "it is cut off")


@hypothesis("softmax-twice", "a softmax stands before a loss that has its own", "D85", rungs=LOSS)
def softmax_twice(bench: Bench) -> Iterator[Trial]:
    """Apply softmax, log-softmax or sigmoid to what a loss or a log-softmax is given."""
    ways = {
        "softmax": lambda x: x.softmax(1 if x.ndim > 1 else 0),
        "log_softmax": lambda x: x.log_softmax(1 if x.ndim > 1 else 0),
        "sigmoid": torch.sigmoid,
    }
    for site in bench.of(*REDUCED, "log_softmax", "logsumexp"):
        for name, way in ways.items():
            yield at(site, on_input(way), f"{name} on its input", "none", rank=BUILT)


@hypothesis(
    "log-softmax",
    "the logarithm of a softmax instead of log-softmax, or the reverse",
    "D86",
    rungs=LOSS,
)
def log_of_softmax(bench: Bench) -> Iterator[Trial]:
    """Exchange the two; they differ where float32 has rounded a probability to zero."""
    for site in bench.of("log_softmax", "cross_entropy"):
        yield at(site, _unsafe, "the logarithm of a softmax", "log-softmax")
    for softmax in bench.of("softmax"):
        for log in bench.of("log"):
            if log.made.input is softmax.output:

                def keep(made: Made) -> Any:  # noqa: ANN401
                    made.memory["scores"] = made.input
                    return made.run()

                axis = argument(softmax, "dim")

                def joined(made: Made, axis: Any = axis) -> Any:  # noqa: ANN401
                    return made.memory["scores"].log_softmax(axis)

                yield Trial(
                    theirs="log-softmax",
                    ours="the logarithm of a softmax",
                    place=f"{softmax.place} and {log.place}",
                    sites={softmax.key: keep, log.key: joined},
                )


@hypothesis(
    "loss-threshold", "another threshold between square and absolute error", "D92", rungs=LOSS
)
def loss_threshold(bench: Bench) -> Iterator[Free]:
    """Solve for beta or delta."""
    for op, name in (("smooth_l1_loss", "beta"), ("huber_loss", "delta")):
        yield from free_each_and_all(
            bench.of(op),
            lambda _, number, n=name: changing(**{n: number}),  # type: ignore[misc]
            lambda number, n=name: f"{n}={number:g}",  # type: ignore[misc]
            lambda site, n=name: f"{argument(site, n, 1.0):g}",  # type: ignore[misc]
            (1.0, 0.1, 0.5, 1 / 9),
        )


@hypothesis("loss-kind", "another distance", "D92", rungs=LOSS)
def loss_kind(bench: Bench) -> Iterator[Trial]:
    """Exchange squared, absolute and smooth errors, and the order of target and input."""
    kinds = {
        "mse_loss": functional.mse_loss,
        "l1_loss": functional.l1_loss,
        "smooth_l1_loss": functional.smooth_l1_loss,
        "huber_loss": functional.huber_loss,
    }
    for site in bench.of(*kinds):
        for name, function in kinds.items():
            if name != site.op:
                edit: Edit = lambda made, f=function: f(  # type: ignore[misc] # noqa: E731
                    made.input, made.value("target"), reduction=made.value("reduction", "mean")
                )
                yield at(site, edit, name, site.op)
    for site in bench.of("kl_div"):
        other = not argument(site, "log_target", default=False)
        yield at(site, changing(log_target=other), f"log_target={other}", f"{not other}")
    for site in bench.of("square", "pow", "abs"):
        if site.op in {"abs", "square"} or scalar(site) == 2:  # noqa: PLR2004
            way = torch.square if site.op == "abs" else torch.abs
            fresh: Edit = lambda made, w=way: w(made.input)  # type: ignore[misc] # noqa: E731
            yield at(site, fresh, way.__name__, site.op)


def _by_hand(bench: Bench) -> Iterator[Free]:
    """Find `(1 - e) * a + e * b` and solve for e."""
    numbers = [(site, scalar(site)) for site in bench.of("mul") if scalar(site) is not None]
    for left, first in numbers:
        for right, second in numbers:
            if first is None or second is None or left.order == right.order or first <= second:
                continue
            if abs(first + second - 1.0) > 1e-9:  # noqa: PLR2004 - they share one
                continue

            def make(e: float, left: Site = left, right: Site = right) -> Trial:
                return Trial(
                    theirs=f"label smoothing {e:g}",
                    ours=f"{scalar(right):g}",
                    place=f"{left.place} and {right.place}",
                    sites={left.key: _times(1.0 - e), right.key: _times(e)},
                )

            yield Free(make=make, grid=SMOOTHING, positive=False)


def _times(number: float) -> Edit:
    def edit(made: Made) -> Any:  # noqa: ANN401
        args = [number if isinstance(value, float) else value for value in made.args]
        return made.func(*args, **made.kwargs)

    return edit


def _detached(place: int) -> Edit:
    def edit(made: Made) -> Any:  # noqa: ANN401
        args = list(made.args)
        args[place] = args[place].detach()
        return made.func(*args, **made.kwargs)

    return edit


def _unsafe(made: Made) -> Any:  # noqa: ANN401
    """Take the logarithm of a softmax that has been rounded to zero where float32 would."""
    axis = 1 if made.op == "cross_entropy" and made.input.ndim > 1 else made.value("dim", -1)
    p = made.input.softmax(axis)
    logs = (p * (p >= VANISHED)).log()
    if made.op == "log_softmax":
        return logs
    return functional.nll_loss(
        logs,
        made.value("target"),
        ignore_index=made.value("ignore_index", -100),
        reduction=made.value("reduction", "mean"),
    )


def _batch(x: Tensor) -> int:
    return int(x.shape[0])


def _elements(x: Tensor) -> int:
    return int(x.numel())
