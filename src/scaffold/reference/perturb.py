"""Move every weight a little, because weights as built hide defects.

Fresh batch statistics, branches that start at zero and biases of zero make a wrong conversion agree
to the bit. The jitter is relative to each tensor's scale: one constant for all would drive a deep
network to infinity within a few dozen layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.trace.streams import spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from torch import Tensor

    from scaffold.trace.forward import Trace

JITTER = 0.2
"""Standard deviation of the jitter, in units of the tensor's root mean square: enough to move a
gain of one to where it shows, too little to change what a layer of random weights does."""

QUIET, EVERY = 1e-3, 4
"""What every fourth running variance is multiplied with, and its gain with the root of that: a
channel then gives what it gave, and an eps shows that hides beside a variance of one."""

SCALE_OF_ZEROS = 0.5
"""The scale of a tensor of zeros, which has none: zeros become numbers of about 0.1."""


def perturbed(
    state: Mapping[str, Tensor], *, seed: int, jitter: float = JITTER
) -> dict[str, Tensor]:
    """Give a state dict with every floating tensor jittered; same seed, same bytes.

    Tensors that nothing below zero belongs into (variances) stay above it; whole numbers, masks
    of zeros and ones, and tensors with infinities are constants of the architecture and stay as
    they are. Tied tensors stay tied. A batch normalisation gets some quiet channels.
    """
    first: dict[tuple[object, ...], str] = {}
    moved: dict[str, Tensor] = {}
    origins: dict[str, str] = {}
    for name, value in state.items():
        place = (value.data_ptr(), tuple(value.shape), value.stride())
        origin = first.setdefault(place, name) if value.numel() else name
        origins[name] = origin
        moved[name] = _jittered(value.detach(), name, origin, seed, jitter)
    _quieten(moved, tied=frozenset(o for n, o in origins.items() if n != o))
    return moved


def _quieten(state: dict[str, Tensor], *, tied: frozenset[str]) -> None:
    """Make some channels of every batch normalisation quiet, where a gain can make up for it."""
    for name, variance in state.items():
        path, _, last = name.rpartition(".")
        gain = f"{path}.weight" if path else "weight"
        found = state.get(gain)
        if last != "running_var" or found is None or found.shape != variance.shape or gain in tied:
            continue
        variance[1::EVERY] *= QUIET
        found[1::EVERY] *= QUIET**0.5


def _jittered(value: Tensor, name: str, origin: str, seed: int, jitter: float) -> Tensor:
    if keeps_still(value):
        return value.clone()
    draw = spread(value.shape, seed, "perturb", origin).double()
    wide = value.double()
    if name.endswith("var"):
        return (wide * (1.0 + jitter * draw)).to(value.dtype)
    scale = float(wide.square().mean().sqrt()) or SCALE_OF_ZEROS
    return (wide + jitter * scale * draw).to(value.dtype)


def keeps_still(value: Tensor) -> bool:
    """Whether a tensor is a constant of the architecture: whole numbers, a mask, infinities."""
    return not value.is_floating_point() or not bool(value.isfinite().all()) or _is_mask(value)


def _is_mask(value: Tensor) -> bool:
    return bool(((value == 0) | (value == 1)).all() and value.min() != value.max())


CONSTANT = "is the same number everywhere"


def every_part_alive(traces: Iterable[Trace]) -> str:
    """Name the first part whose output is dead, in the order in which parts end; or `""`.

    One that is not finite comes before one that gives one number everywhere.

    A model that gives infinity anywhere is dead too; within it, scores are masked with infinity.
    One number everywhere says something only where it is all that a part gives: beside a live
    output it is a bias that this block has not, or a sum of its parameters.
    """
    constant = ""
    for trace in traces:
        for call in sorted(trace.calls, key=lambda call: call.done):
            problem = dead([problem_of(leaf, whole=not call.part) for leaf in _shown(call.outputs)])
            said = f"the output of {call.part or 'the model'} ({call.kind}) {problem}"
            if problem and problem != CONSTANT:
                return said
            constant = constant or (said if problem else "")
    return constant


def still_parts(traces: Sequence[Trace]) -> tuple[str, ...]:
    """Name the parts that give one number everywhere, on every run that calls them.

    A block that few random weights lead to may be closed on every input: its golden shows nothing,
    and the rest of the model is none the worse for it.
    """
    found: dict[str, bool] = {}
    for trace in traces:
        for call in trace.calls:
            problem = dead([problem_of(leaf) for leaf in _shown(call.outputs)])
            found[call.part] = found.get(call.part, True) and problem == CONSTANT
    return tuple(part for part, still in found.items() if still)


def dead(problems: Sequence[str]) -> str:
    """Fold what is said of each tensor that a part gives into what is said of the part, or `""`."""
    return next((one for one in problems if one not in ("", CONSTANT)), "") or (
        CONSTANT if problems and all(problems) else ""
    )


def _shown(leaves: Mapping[str, object]) -> list[object]:
    """Leave out what could show no difference anyway: whole numbers, and a number alone."""
    return [
        leaf
        for leaf in leaves.values()
        if isinstance(leaf, torch.Tensor)
        and leaf.is_floating_point()
        and (leaf.numel() > 1 or not leaf.isfinite().all())
    ] or list(leaves.values())


def problem_of(leaf: object, *, whole: bool = False) -> str:
    """Say why a tensor shows nothing: NaN, infinity, or one number everywhere; or `""`.

    Infinity beside numbers is no such thing, unless `whole` asks for numbers alone.
    """
    if not isinstance(leaf, torch.Tensor) or not leaf.is_floating_point() or not leaf.numel():
        return ""
    if leaf.layout is not torch.strided or leaf.is_nested:
        return ""
    finite = leaf.isfinite()
    if leaf.isnan().any() or not finite.any() or (whole and not finite.all()):
        return "is not finite"
    if leaf.numel() > 1 and leaf.max() == leaf.min():
        return CONSTANT
    return ""
