"""Watch a few real training steps: losses, learning rates, gradient norms and the state after."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torch.optim.optimizer import register_optimizer_step_post_hook

from scaffold.trace.streams import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch
    from torch import Tensor, nn
    from torch.optim import Optimizer

    Batches = list[tuple[tuple[Tensor, ...], Tensor]]
    Train = Callable[[nn.Module, Batches], Sequence[float]]

STEPS = 5
SCALES = (1.0, 4.0, 0.25, 16.0, 1.0)
"""Batches of different size, so that gradient clipping, where it acts, acts differently each step:
Adam does not see a constant factor on its gradients."""
SHAKE = 0.25
"""Standard deviation of what is added to a batch's inputs, in units of theirs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Steps:
    """What a few training steps did."""

    losses: list[float]
    rates: list[dict[str, float]] = field(default_factory=list)
    """Per step of the optimiser: the learning rate that each parameter was moved with."""
    norms: list[float] = field(default_factory=list)
    """Per step of the optimiser: the norm of all gradients as the optimiser saw them."""
    state: dict[str, Tensor] = field(default_factory=dict)
    """Parameters and buffers after the last step."""


def batches(inputs: Sequence[Tensor], target: Tensor, seed: int) -> Batches:
    """Return the batches of a trace: the real one, shaken, scaled, and with its targets rolled."""
    return [
        (
            tuple(_shaken(value, seed, step, place) for place, value in enumerate(inputs)),
            target.roll(step, 0) if target.ndim else target,
        )
        for step in range(STEPS)
    ]


def cast(given: Batches, dtype: torch.dtype) -> Batches:
    """Return the batches with floating inputs and targets in another dtype."""

    def to(value: Tensor) -> Tensor:
        return value.to(dtype) if value.is_floating_point() else value.clone()

    return [(tuple(to(value) for value in inputs), to(target)) for inputs, target in given]


def watched(train: Train, model: nn.Module, given: Batches) -> Steps:
    """Train in place and return what happened, seen from the optimiser.

    The hook runs after each optimiser's step, when gradients are still those that it used: after
    clipping, after unscaling. It reads, so the numbers are those of an unwatched run.
    """
    names = {id(value): name for name, value in model.named_parameters()}
    rates: list[dict[str, float]] = []
    norms: list[float] = []

    def look(optimizer: Optimizer, _args: Any, _kwargs: Any) -> None:  # noqa: ANN401 - torch's signature
        seen = [
            (names[id(parameter)], parameter, float(group["lr"]))
            for group in optimizer.param_groups
            for parameter in group["params"]
            if id(parameter) in names and parameter.grad is not None
        ]
        if seen:
            rates.append({name: rate for name, _, rate in seen})
            total = sum(float(value.grad.double().square().sum()) for _, value, _ in seen)
            norms.append(total**0.5)

    with _after_each_step(look):
        losses = [float(loss) for loss in train(model, given)]
    state = {name: value.detach().clone() for name, value in model.state_dict().items()}
    return Steps(losses=losses, rates=rates, norms=norms, state=state)


@contextmanager
def _after_each_step(look: Callable[..., None]) -> Iterator[None]:
    watch = register_optimizer_step_post_hook(look)
    try:
        yield
    finally:
        watch.remove()


def _shaken(value: Tensor, seed: int, step: int, place: int) -> Tensor:
    if not value.is_floating_point():
        return value.clone()
    size = float(value.double().square().mean().sqrt()) or 1.0
    noise = spread(value.shape, seed, "batch", step, place).to(value.dtype)
    return (value + noise * (SHAKE * size)) * SCALES[step % len(SCALES)]
