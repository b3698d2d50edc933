"""Tensors that one side uses and the other does not: biases, gains, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from scaffold.parity.causes.bench import Bench, is_floating
from scaffold.parity.causes.carried import parameters, turned
from scaffold.parity.causes.edits import (
    CONVS,
    CONVS_BACK,
    NORMS,
    argument,
    at,
    changing,
    each_and_all,
)
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
    bare = _bare(bench)
    for axis in dict.fromkeys((1, ours.ndim - 1)):
        rest = [a for a in range(ours.ndim) if a != axis]
        if ours.numel() < 6 * ours.shape[axis]:
            continue
        gap = (theirs.double() - ours).mean(rest, keepdim=True)
        if "bias" in bare:
            words = f"a bias along axis {axis}"
            yield _around(lambda y, g=gap: y + g.to(y.dtype), words)  # type: ignore[misc]
        if "gain" not in bare:
            continue
        gain = (theirs.double() * ours).sum(rest, keepdim=True) / ours.square().sum(
            rest, keepdim=True
        )
        yield _around(lambda y, g=gain: y * g.to(y.dtype), f"a gain along axis {axis}")  # type: ignore[misc]


@hypothesis("unused", "theirs uses a tensor that ours has and never reads", "D62", "D68", "D160")
def unused(bench: Bench) -> Iterator[Trial]:
    """Add, or multiply with, a parameter that no call reads."""
    idle = [
        (name, value)
        for name, value in parameters(bench, 1)
        if name not in bench.read and not _is_packed(bench, name)
    ]
    for name, value in idle:
        for site in bench.sites:
            if not is_floating(site.output) or site.output.ndim < max(value.ndim, MATRIX):
                continue
            for axis in dict.fromkeys((1, site.output.ndim - 1)) if value.ndim == 1 else (None,):
                if not _fits(value, site.output, axis):
                    continue
                for word, how in (("added", torch.add), ("multiplied with", torch.mul)):
                    edit = _applied(name, axis, how)
                    yield at(site, edit, f"{name} is {word}", "not used", rank=BUILT)


def _fits(value: Tensor, output: Tensor, axis: int | None) -> bool:
    """Whether a tensor can be added to an output: along an axis, or as it is."""
    if axis is not None:
        return output.shape[axis] == value.shape[0]
    shape = (
        value.shape
        if value.ndim == output.ndim
        else (1,) * (output.ndim - value.ndim) + tuple(value.shape)
    )
    return all(mine in (1, whole) for mine, whole in zip(shape, output.shape, strict=True))


def _bare(bench: Bench) -> set[str]:
    """Say what a part could lack: what its layers have cannot be missing."""
    layers = bench.of("linear", *CONVS, *CONVS_BACK, *NORMS)
    if not layers:
        return {"bias", "gain"}
    found = set()
    if any(argument(site, "bias") is None for site in layers):
        found.add("bias")
    if any(site.op in NORMS and argument(site, "weight") is None for site in layers):
        found.add("gain")
    return found


def _around(function: Turn, theirs: str) -> Trial:
    from scaffold.parity.causes.trial import ANY  # noqa: PLC0415

    def around(
        inner: Callable[..., Tensor], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> Tensor:
        return function(inner(*args, **kwargs))

    return Trial(theirs=theirs, ours="none", place="the output", around=around, rank=ANY)


def _applied(name: str, axis: int | None, how: Callable[[Tensor, Tensor], Tensor]) -> Edit:
    def edit(made: Made) -> Tensor:
        y: Tensor = made.run()
        if axis is None:
            return how(y, made.state[name])
        shape = [1] * y.ndim
        shape[axis] = -1
        return how(y, made.state[name].reshape(shape))

    return edit


def _is_packed(bench: Bench, name: str) -> bool:
    """Whether the tensor belongs to a module that hands its tensors over as one list."""
    owner = name.rpartition(".")[0]
    module = bench.submodules.get(owner, bench.part if not owner else None)
    return isinstance(module, nn.RNNBase | nn.MultiheadAttention)
