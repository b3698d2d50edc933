"""Tensors that one side uses and the other does not: biases, gains, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from scaffold.parity.causes.bench import Bench, is_floating
from scaffold.parity.causes.carried import parameters, turned
from scaffold.parity.causes.edits import CONVS, CONVS_BACK, argument, at, changing, each_and_all
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.parity.causes.watch import Edit, Made

    Turn = Callable[[Tensor], Tensor]

MATRIX, KERNEL = 2, 3


@hypothesis("bias", "a bias is applied that theirs has not, or has not loaded", "D66", "D160")
def bias_left_out(bench: Bench) -> Iterator[Trial]:
    """Leave biases out; put zeros in place of a tensor."""
    ops = ("linear", *CONVS, *CONVS_BACK)
    having = [site for site in bench.of(*ops) if argument(site, "bias") is not None]
    yield from each_and_all(having, lambda _: (changing(bias=None), "no bias", "a bias"))
    for name, value in parameters(bench, 1):
        if bool((value != 0).any()):
            yield turned(name, torch.zeros_like, "zero", rank=BUILT)


@hypothesis(
    "bias-missing", "theirs has a bias or a gain per channel that ours has not", "D66", "D160"
)
def bias_missing(bench: Bench) -> Iterator[Trial]:
    """Solve for one number per channel, from one probe, and hold it against all."""
    sample = bench.samples[0]
    largest = max(bench.samples, key=lambda one: sum(v.numel() for v in one.theirs.values()))
    sample = largest if sample.theirs.keys() == largest.theirs.keys() else sample
    from scaffold.parity.causes.bench import UNCHANGED  # noqa: PLC0415

    try:
        ours = bench.run(UNCHANGED, sample, torch.float64).get("")
    except Exception:  # noqa: BLE001 - ours may fail where theirs did not
        return
    theirs = sample.theirs.get("")
    if ours is None or theirs is None or ours.shape != theirs.shape or ours.ndim < MATRIX:
        return
    for axis in dict.fromkeys((1, ours.ndim - 1)):
        rest = [a for a in range(ours.ndim) if a != axis]
        if ours.numel() < 6 * ours.shape[axis]:
            continue
        gap = (theirs.double() - ours).mean(rest, keepdim=True)
        yield _around(lambda y, g=gap: y + g.to(y.dtype), f"a bias along axis {axis}")  # type: ignore[misc]
        gain = (theirs.double() * ours).sum(rest, keepdim=True) / ours.square().sum(
            rest, keepdim=True
        )
        yield _around(lambda y, g=gain: y * g.to(y.dtype), f"a gain along axis {axis}")  # type: ignore[misc]


@hypothesis("unused", "theirs uses a tensor that ours has and never reads", "D68", "D160")
def unused(bench: Bench) -> Iterator[Trial]:
    """Add, or multiply with, a parameter that no call reads."""
    read = {
        bench.name_of(value)
        for site in bench.sites
        for value in _flat(site.made.args, site.made.kwargs)
    }
    for name, value in parameters(bench, 1):
        if name in read or value.ndim != 1 or _is_packed(bench, name):
            continue
        for site in bench.sites:
            if not is_floating(site.output) or site.output.ndim < MATRIX:
                continue
            for axis in dict.fromkeys((1, site.output.ndim - 1)):
                if site.output.shape[axis] != value.shape[0]:
                    continue
                for word, how in (("added", torch.add), ("multiplied with", torch.mul)):
                    edit = _applied(name, axis, how)
                    yield at(site, edit, f"{name} is {word}", "not used", rank=BUILT)


def _around(function: Turn, theirs: str) -> Trial:
    from scaffold.parity.causes.trial import ANY  # noqa: PLC0415

    def around(
        inner: Callable[..., Tensor], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> Tensor:
        return function(inner(*args, **kwargs))

    return Trial(theirs=theirs, ours="none", place="the output", around=around, rank=ANY)


def _applied(name: str, axis: int, how: Callable[[Tensor, Tensor], Tensor]) -> Edit:
    def edit(made: Made) -> Tensor:
        y: Tensor = made.run()
        shape = [1] * y.ndim
        shape[axis] = -1
        return how(y, made.state[name].reshape(shape))

    return edit


def _flat(*values: object) -> Iterator[object]:
    for value in values:
        if isinstance(value, dict):
            yield from _flat(*value.values())
        elif isinstance(value, list | tuple):
            yield from _flat(*value)
        elif isinstance(value, Tensor):
            yield value
            if value._base is not None:  # noqa: SLF001 - the tensor that a view looks at
                yield value._base  # noqa: SLF001


def _is_packed(bench: Bench, name: str) -> bool:
    """Whether the tensor belongs to a module that hands its tensors over as one list."""
    owner = name.rpartition(".")[0]
    module = bench.submodules.get(owner, bench.part if not owner else None)
    return isinstance(module, nn.RNNBase | nn.MultiheadAttention)
