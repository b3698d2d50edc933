"""How the weights were carried over: transposed, flipped, rolled, exchanged, rounded, left out."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from scaffold.parity.causes.carried import mapped, parameters, turned
from scaffold.parity.causes.edits import CONVS, NORMS, after, at, on_input
from scaffold.parity.causes.leading import fed, led
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.parity.causes.bench import Bench, Site
    from scaffold.parity.causes.watch import Edit, Made

    Turn = Callable[[Tensor], Tensor]

MATRIX, KERNEL, RGB = 2, 3, 3


@hypothesis("transposed", "a square matrix is transposed", "D158")
def transposed(bench: Bench) -> Iterator[Trial]:
    """Transpose every square matrix; read every other one in the other order."""
    for name, value in parameters(bench, MATRIX):
        if value.shape[0] == value.shape[1]:
            yield turned(name, lambda w: w.transpose(0, 1), "transposed")
        elif value.ndim == MATRIX:
            yield turned(
                name,
                lambda w: w.reshape(w.shape[::-1]).T.contiguous(),
                "reshaped instead of transposed",
                rank=BUILT,
            )


@hypothesis("kernel-layout", "a kernel's axes are in another order", "D159", "D163")
def kernel_layout(bench: Bench) -> Iterator[Trial]:
    """Exchange the axes of kernels, or read them in another order."""
    for name, value in parameters(bench, KERNEL):
        for order in permutations(range(value.ndim)):
            if order[:2] == (1, 0) and order[2:] == tuple(range(2, value.ndim)):
                continue  # `transposed` says it
            if order == tuple(range(value.ndim)):
                continue
            if tuple(value.shape[axis] for axis in order) == tuple(value.shape):
                yield turned(name, lambda w, o=order: w.permute(o), f"axes in order {order}")  # type: ignore[misc]
            else:
                yield turned(
                    name,
                    lambda w, o=order: w.permute(o).reshape(w.shape),  # type: ignore[misc]
                    f"read in the order {order}",
                    rank=BUILT,
                )


@hypothesis("flipped", "a kernel or a table is flipped", "D62", "D163")
def flipped(bench: Bench) -> Iterator[Trial]:
    """Flip kernels along their axes."""
    for name, value in parameters(bench, KERNEL):
        axes = tuple(range(2, value.ndim))
        for some in dict.fromkeys((axes, *((axis,) for axis in axes))):
            yield turned(name, lambda w, a=some: w.flip(a), f"flipped along {some}")  # type: ignore[misc]

    for name, value in parameters(bench, 1):
        for axis in range(min(value.ndim, KERNEL)):
            # Three channels are `channels`; the axes of a field were flipped above.
            if value.shape[axis] not in (1, RGB) and (value.ndim <= KERNEL or axis < MATRIX):
                words = f"flipped along axis {axis}"
                yield turned(name, lambda w, a=axis: w.flip(a), words, rank=BUILT)  # type: ignore[misc]


@hypothesis("channels", "channels are in reverse order: BGR and RGB", "D15")
def channels_reversed(bench: Bench) -> Iterator[Trial]:
    """Reverse three input or output channels of every weight."""
    for name, value in parameters(bench, 1):
        for axis, word in ((1, "input"), (0, "output"))[: 2 if value.ndim > 1 else 0]:
            if value.shape[axis] == RGB:
                words = f"{word} channels reversed"
                yield turned(name, lambda w, a=axis: w.flip(a), words)  # type: ignore[misc]


@hypothesis(
    "rolled", "a tensor is moved along an axis: a table with an offset", "D62", "D161", "D163"
)
def rolled(bench: Bench) -> Iterator[Trial]:
    """Roll every parameter by one and two; move every looked-up index."""
    for name, value in parameters(bench, 1):
        for axis in range(value.ndim):
            for shift in (1, -1, 2, -2):
                if value.shape[axis] > abs(shift):
                    words = f"rolled by {shift} along axis {axis}"
                    yield turned(name, lambda w, s=shift, a=axis: w.roll(s, a), words)  # type: ignore[misc]
    for site in bench.of("embedding"):
        for shift in (1, -1, 2, -2):

            def edit(made: Made, shift: int = shift) -> Any:  # noqa: ANN401
                return made.func(made.args[0] + shift, *made.args[1:], **made.kwargs)

            yield at(site, edit, f"indices {shift:+d}", "as they are")
    for site in bench.of("getitem"):
        yield from _sliced(bench, site)


@hypothesis("rounded", "weights were rounded to a lower precision", "D100")
def rounded(bench: Bench) -> Iterator[Trial]:
    """Round all weights, or each, to bfloat16 or float16."""
    names = [name for name, _ in parameters(bench, 1)]
    for dtype in (torch.bfloat16, torch.float16):
        word = str(dtype).removeprefix("torch.")
        for some in ([names] if names else []) + (
            [[name] for name in names] if len(names) > 1 else []
        ):
            yield Trial(
                theirs=f"rounded to {word}",
                ours="float32",
                place="every weight" if some is names else some[0],
                state=mapped(some, lambda w, d=dtype: w.to(d).to(w.dtype)),  # type: ignore[misc]
            )


@hypothesis("precision", "ours works in a lower precision where theirs does not", "D99", "D100")
def precision(bench: Bench) -> Iterator[Trial]:
    """Leave out the casts to a precision below float32."""
    if bench.calls:
        words = "no cast below float32"
        yield Trial(theirs=words, ours="a cast", place="the whole part", precise=True)


@hypothesis("rounded-result", "theirs rounds what it gets or gives to a lower precision", "D100")
def rounded_result(bench: Bench) -> Iterator[Trial]:
    """Round what the part, or one call of it, gets or gives to bfloat16 or float16."""
    for dtype in (torch.bfloat16, torch.float16):
        word = str(dtype).removeprefix("torch.")

        def low(x: Tensor, dtype: torch.dtype = dtype) -> Tensor:
            return x.to(dtype).to(x.dtype)

        def before(inner: Any, args: Any, kwargs: Any, low: Turn = low) -> Any:  # noqa: ANN401
            args, kwargs = fed(args, kwargs, low)
            return inner(*args, **kwargs)

        def behind(inner: Any, args: Any, kwargs: Any, low: Turn = low) -> Any:  # noqa: ANN401
            return led(inner(*args, **kwargs), low)

        for words, way in (("its input", before), ("its output", behind)):
            theirs = f"{words} is rounded to {word}"
            if bench.part is not None:
                yield Trial(theirs=theirs, place="the whole part", around=way, rank=BUILT)
        for site in bench.of("linear", "matmul", "bmm", "softmax", *CONVS, *NORMS):
            yield at(site, after(low), f"rounded to {word}", "not rounded", rank=BUILT)
            yield at(site, on_input(low), f"its input rounded to {word}", "not so", rank=BUILT)


def _sliced(bench: Bench, site: Site) -> Iterator[Trial]:
    """Move the slice that a table is read by."""
    source, index = site.made.args[0], site.made.args[1]
    if not bench.name_of(source):
        return
    parts = index if isinstance(index, tuple) else (index,)
    for place, part in enumerate(parts):
        if not isinstance(part, slice) or part.stop is None or part.step not in (None, 1):
            continue
        for shift in (1, -1, 2, -2):
            start = (part.start or 0) + shift
            if start < 0:
                continue
            moved = slice(start, part.stop + shift)
            fresh = (*parts[:place], moved, *parts[place + 1 :])
            edit: Edit = lambda made, fresh=fresh: made.func(made.args[0], fresh)  # type: ignore[misc] # noqa: E731
            yield at(site, edit, f"read from {start}", f"from {part.start or 0}")
