"""Watch an average of weights follow weights that move as they are told.

The average is whatever the training code uses: timm's `ModelEmaV3`, torch's `AveragedModel`, or a
few lines of its own. It is asked to follow, and its weights are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from scaffold.core.errors import ScaffoldError
from scaffold.trace.reload import load
from scaffold.trace.streams import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    MakeAverage = Callable[[nn.Module], Any]
    States = Callable[[int], Mapping[str, Tensor]]

STEPS = 12
KEPT = (1, 12)
"""Steps whose averages are kept: the first, at which a warm-up shows, and the last."""
LONG = 500
"""Steps over which decays are measured, so that a warm-up has time to end; a decay that is reached
later than that is not seen."""
MOVE = 0.5
"""Standard deviation of a move, in units of the tensor's root mean square."""
_UPDATES = ("update", "update_parameters")
_OWN = ("n_averaged",)
"""Entries of a state dict that belong to the average itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """What an average did over the steps."""

    decays: list[float]
    """Per step the share of the old average that it kept, over all floating parameters."""
    kept: dict[int, dict[str, Tensor]]
    """The averaged state after the kept steps."""


def followed(
    model: nn.Module, make: MakeAverage, states: States, *, long: bool = False
) -> Followed:
    """Give a model the weights of each step, and let its average follow.

    Args:
        model: Loaded in place, in its own dtype.
        make: Gives the average of a model: something with `update(model)`.
        states: The state of the model at each step, counted from one.
        long: Measure the decays over `LONG` steps and not over `STEPS`.
    """
    learned = {name for name, _ in model.named_parameters()}
    average = make(model)
    old = averaged_state(average)
    decays: list[float] = []
    kept: dict[int, dict[str, Tensor]] = {}
    for step in range(1, STEPS + 1):
        load(model, states(step))
        _update(average, model)
        new = averaged_state(average)
        decays.append(_decay(old, new, model.state_dict(), learned))
        if step in KEPT:
            kept[step] = new
        old = new
    turns = [dict(states(step)) for step in KEPT]
    for step in range(STEPS, LONG if long else STEPS):
        # Two states in turn are enough: an average is never where the weights are.
        load(model, turns[step % len(turns)])
        _update(average, model)
        new = averaged_state(average)
        decays.append(_decay(old, new, model.state_dict(), learned))
        old = new
    return Followed(decays=decays, kept=kept)


def moved(start: Mapping[str, Tensor], seed: int, step: int) -> dict[str, Tensor]:
    """Draw the state of a step: every tensor near where it began, whole numbers counted up."""
    return {name: _moved(value, seed, step, name) for name, value in start.items()}


def _moved(value: Tensor, seed: int, step: int, name: str) -> Tensor:
    if not value.is_floating_point():
        return value if value.dtype == torch.bool else value + step
    size = float(value.double().square().mean().sqrt()) or 1.0
    there = value.double() + MOVE * size * spread(value.shape, seed, "ema", name, step)
    return (there.abs() if name.endswith("var") else there).to(value.dtype)


def averaged_state(average: Any) -> dict[str, Tensor]:  # noqa: ANN401 - whatever the training uses
    """Copy what an average holds: of its `module`, or of its own state dict.

    Raises:
        ScaffoldError: It has neither.
    """
    inner = getattr(average, "module", None)
    source = inner if isinstance(inner, nn.Module) else average
    state = average if isinstance(average, dict) else None
    if state is None and callable(getattr(source, "state_dict", None)):
        state = source.state_dict()
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise ScaffoldError(
            f"the averaged weights of a {type(average).__name__} cannot be read",
            where="ema",
            remedy="give an object with `module`, or with a `state_dict` of names and tensors",
        )
    return {
        name.removeprefix("module."): value.detach().clone()
        for name, value in state.items()
        if name not in _OWN
    }


def _update(average: Any, model: nn.Module) -> None:  # noqa: ANN401 - whatever the training uses
    for name in _UPDATES:
        if callable(getattr(average, name, None)):
            getattr(average, name)(model)
            return
    raise ScaffoldError(
        f"a {type(average).__name__} has no `update(model)`",
        where="ema",
        remedy="give an object with `update(model)`, called once after each step",
    )


def _decay(
    old: Mapping[str, Tensor],
    new: Mapping[str, Tensor],
    state: Mapping[str, Tensor],
    learned: set[str],
) -> float:
    """Fit `new = decay * old + (1 - decay) * weight` over the floating parameters."""
    over, under = 0.0, 0.0
    for name in learned & old.keys() & new.keys():
        if state[name].is_floating_point():
            weight = state[name].double()
            before, after = old[name].double() - weight, new[name].double() - weight
            over, under = over + float((after * before).sum()), under + float(before.square().sum())
    return over / under if under else 0.0
