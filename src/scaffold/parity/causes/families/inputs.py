"""How the input was prepared: scale, mean and deviation, order of channels, orientation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from scaffold.parity.causes.bench import Bench, is_floating
from scaffold.parity.causes.families.activations import SLOPE, is_activation
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, NAMED, Free, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Channels = Callable[[tuple[float, ...], Tensor], Tensor]

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@hypothesis(
    "input-scale", "the input is scaled otherwise: 0 to 255, 0 to 1, -1 to 1", "D16", "D167"
)
def input_scale(bench: Bench) -> Iterator[Trial | Free]:
    """Solve for a factor on the input, and try the usual ranges."""
    rows = SLOPE if is_activation(bench) else ()
    for place in _floating(bench):

        def factor(number: float, place: int = place) -> Trial:
            return _on(place, lambda x: x * number, f"input times {number:.6g}", rows=rows)

        yield Free(make=factor, grid=(255.0, 1 / 255, 2.0, 0.5))
        usual = (
            ("input from -1 to 1", lambda x: x * 2 - 1),
            ("input from 0 to 1", lambda x: (x + 1) / 2),
            ("input from -1 to 1, of 0 to 255", lambda x: x / 127.5 - 1),
        )
        for words, change in usual if _colour_axes(bench, place) else ():
            yield _on(place, change, words)


@hypothesis(
    "input-mean", "the input is normalised, or not, or by the other channel order", "D17", "D18"
)
def input_mean(bench: Bench) -> Iterator[Trial]:
    """Apply, undo and exchange the usual mean and deviation."""
    for place in _floating(bench):
        for axis in _colour_axes(bench, place):

            def as_channels(numbers: tuple[float, ...], x: Tensor, axis: int = axis) -> Tensor:
                shape = [1] * x.ndim
                shape[axis] = 3
                return torch.tensor(numbers, dtype=x.dtype).reshape(shape)

            def applied(x: Tensor, back: int = 1, numbers: Channels = as_channels) -> Tensor:
                return (x - numbers(MEAN[::back], x)) / numbers(DEVIATION[::back], x)

            def undone(x: Tensor, numbers: Channels = as_channels) -> Tensor:
                return x * numbers(DEVIATION, x) + numbers(MEAN, x)

            yield _on(place, applied, "input normalised by the usual mean and deviation")
            yield _on(place, undone, "input not normalised")
            yield _on(
                place,
                lambda x, u=undone, a=applied: a(u(x), back=-1),
                "input normalised in the other channel order",
            )


@hypothesis("input-channels", "the channels of the input are reversed", "D15")
def input_channels(bench: Bench) -> Iterator[Trial]:
    """Reverse the channels of an image."""
    for place in _floating(bench):
        for axis in _colour_axes(bench, place):
            words = "input with its channels reversed"
            yield _on(place, lambda x, a=axis: x.flip(a), words, rank=NAMED)


@hypothesis("input-turned", "height and width, or two axes of the input, are exchanged", "D82")
def input_turned(bench: Bench) -> Iterator[Trial]:
    """Exchange two axes, and flip the last ones."""
    for place in _floating(bench):
        x = _leaf(bench, place)
        for left in range(x.ndim):
            for right in range(left + 1, x.ndim):
                words = f"input with axes {left} and {right} exchanged"
                yield _on(place, lambda x, a=left, b=right: x.transpose(a, b), words)
        for axis in range(1, x.ndim):
            words = f"input flipped along axis {axis}"
            # Of a sequence, axis 1 is time: it is read from its end.
            rows = ("D77", "D78", "D82") if x.ndim == 3 and axis == 1 else ("D26", "D82")  # noqa: PLR2004
            yield _on(place, lambda x, a=axis: x.flip(a), words, rows=rows)


@hypothesis("arguments", "two inputs are exchanged", "D26")
def exchanged_inputs(bench: Bench) -> Iterator[Trial]:
    """Exchange two positional inputs of one shape."""
    args = bench.samples[0].args
    for left in range(len(args)):
        for right in range(left + 1, len(args)):
            if not is_floating(args[left]) or not is_floating(args[right]):
                continue
            if args[left].shape != args[right].shape:
                continue

            def around(inner: Any, given: Any, kwargs: Any, a: int = left, b: int = right) -> Any:  # noqa: ANN401
                turned = list(given)
                turned[a], turned[b] = turned[b], turned[a]
                return inner(*turned, **kwargs)

            yield Trial(
                theirs=f"inputs {left} and {right} exchanged",
                ours="as they come",
                place="the inputs",
                around=around,
            )


def _floating(bench: Bench) -> list[int]:
    if bench.part is None:
        return []
    return [place for place, value in enumerate(bench.samples[0].args) if is_floating(value)]


def _leaf(bench: Bench, place: int) -> Tensor:
    value: Tensor = bench.samples[0].args[place]
    return value


def _colour_axes(bench: Bench, place: int) -> list[int]:
    x = _leaf(bench, place)
    return [axis for axis in (1, x.ndim - 1) if x.ndim >= 3 and x.shape[axis] == 3][:1]  # noqa: PLR2004


def _on(
    place: int,
    change: Callable[..., Tensor],
    theirs: str,
    *,
    rank: int = BUILT,
    rows: tuple[str, ...] = (),
) -> Trial:
    def around(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        return inner(*args[:place], change(args[place]), *args[place + 1 :], **kwargs)

    return Trial(
        theirs=theirs,
        ours="as it comes",
        place=f"input {place}",
        around=around,
        rank=rank,
        rows=rows,
    )
