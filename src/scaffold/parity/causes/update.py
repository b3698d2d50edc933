"""Write the common optimisers out as one rule with every convention as a setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """How one parameter is moved by its gradients."""

    kind: str
    """sgd, adam, rmsprop or adagrad."""
    lr: float
    momentum: float = 0.0
    dampening: float = 0.0
    nesterov: bool = False
    momentum_of_steps: bool = False
    """The buffer holds steps with their rate in them, as in TensorFlow and RMSprop of timm."""
    beta1: float = 0.9
    beta2: float = 0.999
    """Also the alpha of RMSprop."""
    eps: float = 1e-8
    eps_inside: bool = False
    bias_correction: bool = True
    amsgrad: bool = False
    centred: bool = False
    square_from_one: bool = False
    decay: float = 0.0
    decoupled: bool = False
    decay_without_rate: bool = False
    clip_value: float = 0.0
    clip_norm: float = 0.0
    """Of this parameter alone."""


def rule_of(settings: Mapping[str, Any]) -> Rule | None:
    """Read torch's settings of a group as a rule, None for an optimiser not written out here."""
    lr, decay = float(settings.get("lr", 0.0)), float(settings.get("weight_decay", 0.0))
    eps = float(settings.get("eps", 1e-8))
    if settings.get("maximize"):
        return None
    match settings.get("class"):
        case "SGD":
            return Rule(
                kind="sgd",
                lr=lr,
                decay=decay,
                momentum=float(settings["momentum"]),
                dampening=float(settings["dampening"]),
                nesterov=bool(settings["nesterov"]),
            )
        case "Adam" | "AdamW" as name:
            beta1, beta2 = settings["betas"]
            return Rule(
                kind="adam",
                lr=lr,
                decay=decay,
                beta1=float(beta1),
                beta2=float(beta2),
                eps=eps,
                amsgrad=bool(settings.get("amsgrad")),
                decoupled=bool(settings.get("decoupled_weight_decay", name == "AdamW")),
            )
        case "RMSprop":
            return Rule(
                kind="rmsprop",
                lr=lr,
                decay=decay,
                eps=eps,
                beta2=float(settings["alpha"]),
                momentum=float(settings["momentum"]),
                centred=bool(settings.get("centered")),
            )
        case "Adagrad":
            if settings.get("lr_decay") or settings.get("initial_accumulator_value"):
                return None
            return Rule(kind="adagrad", lr=lr, decay=decay, eps=eps)
        case _:
            return None


def travelled(
    rule: Rule,
    start: Tensor,
    gradients: Sequence[Tensor],
    rates: Sequence[float],
    kept: Sequence[int],
) -> dict[int, Tensor]:
    """Move a parameter and return how far it has come after each kept step.

    Args:
        rule: How.
        start: The parameter; its dtype is that of the computation.
        gradients: One per step.
        rates: What the learning rate is multiplied with at each step.
        kept: Steps, counted from one.
    """
    p, found = start.clone(), {}
    memory = _Memory(start, rule)
    for step, (given, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
        g, lr = _clipped(rule, given.to(p.dtype)), rule.lr * rate
        if rule.decay and rule.decoupled:
            p = p * (1.0 - (rule.decay if rule.decay_without_rate else lr * rule.decay))
        elif rule.decay:
            g = g + rule.decay * p
        p = p - _MOVES[rule.kind](rule, memory, g, lr, step)
        if step in kept:
            found[step] = p.double() - start.double()
    return found


class _Memory:
    """What an optimiser keeps of one parameter."""

    def __init__(self, start: Tensor, rule: Rule) -> None:
        self.first = torch.zeros_like(start)
        self.second = torch.full_like(start, float(rule.square_from_one))
        self.mean = torch.zeros_like(start)
        self.largest = torch.zeros_like(start)
        self.buffer: Tensor | None = None


def _clipped(rule: Rule, g: Tensor) -> Tensor:
    if rule.clip_value:
        g = g.clamp(-rule.clip_value, rule.clip_value)
    if rule.clip_norm:
        g = g * min(1.0, rule.clip_norm / (float(g.norm()) + 1e-6))
    return g


def _sgd(rule: Rule, memory: _Memory, g: Tensor, lr: float, step: int) -> Tensor:
    if not rule.momentum:
        return lr * g
    if rule.momentum_of_steps:
        v = rule.momentum * (memory.first if step > 1 else 0.0) + lr * g
        memory.first = v
        return rule.momentum * v + lr * g if rule.nesterov else v
    before = memory.buffer
    buffer = g.clone() if before is None else rule.momentum * before + (1.0 - rule.dampening) * g
    memory.buffer = buffer
    return lr * (g + rule.momentum * buffer if rule.nesterov else buffer)


def _adam(rule: Rule, memory: _Memory, g: Tensor, lr: float, step: int) -> Tensor:
    memory.first = rule.beta1 * memory.first + (1.0 - rule.beta1) * g
    memory.second = rule.beta2 * memory.second + (1.0 - rule.beta2) * g * g
    square = memory.second
    if rule.amsgrad:
        memory.largest = torch.maximum(memory.largest, square)
        square = memory.largest
    one = 1.0 - rule.beta1**step if rule.bias_correction else 1.0
    two = 1.0 - rule.beta2**step if rule.bias_correction else 1.0
    return lr * (memory.first / one) / _root(rule, square / two)


def _rmsprop(rule: Rule, memory: _Memory, g: Tensor, lr: float, step: int) -> Tensor:
    del step
    memory.second = rule.beta2 * memory.second + (1.0 - rule.beta2) * g * g
    square = memory.second
    if rule.centred:
        memory.mean = rule.beta2 * memory.mean + (1.0 - rule.beta2) * g
        square = square - memory.mean**2
    ratio = g / _root(rule, square)
    if not rule.momentum:
        return lr * ratio
    if rule.momentum_of_steps:
        memory.first = rule.momentum * memory.first + lr * ratio
        return memory.first
    memory.first = rule.momentum * memory.first + ratio
    return lr * memory.first


def _adagrad(rule: Rule, memory: _Memory, g: Tensor, lr: float, step: int) -> Tensor:
    del step
    memory.second = memory.second + g * g
    return lr * g / _root(rule, memory.second)


def _root(rule: Rule, square: Tensor) -> Tensor:
    return (square + rule.eps).sqrt() if rule.eps_inside else square.sqrt() + rule.eps


_MOVES: dict[str, Callable[[Rule, _Memory, Tensor, float, int], Tensor]] = {
    "sgd": _sgd,
    "adam": _adam,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
}
