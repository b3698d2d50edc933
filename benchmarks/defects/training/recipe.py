"""Hold how a small net is trained, as a value of which a defect changes one field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

TOTAL_STEPS = 60
CLASSES = 5

Losses = Callable[[Tensor, Tensor], dict[str, Tensor]]
Groups = Callable[[nn.Module], list[dict[str, Any]]]
Optimizer = Callable[[list[dict[str, Any]]], torch.optim.Optimizer]
Schedule = Callable[[torch.optim.Optimizer, int], torch.optim.lr_scheduler.LRScheduler]
Clip = Callable[[list[nn.Parameter]], None]
Average = Callable[[int], float]


class Net(nn.Module):
    """Everything that training treats apart: norm, statistics, bias, embedding, an average."""

    def __init__(self) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.randn(1, 6) * 0.02)
        self.enter = nn.Linear(6, 12)
        self.norm = nn.BatchNorm1d(12)
        self.leave = nn.Linear(12, CLASSES)
        for name, value in list(self.named_parameters()):
            self.register_buffer(f"average_{name.replace('.', '_')}", value.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """Classify rows of six numbers."""
        return self.leave(torch.relu(self.norm(self.enter(x + self.places))))


def average(model: nn.Module, decay: float) -> None:
    """Move the averaged weights towards the weights."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            kept = model.get_buffer(f"average_{name.replace('.', '_')}")
            kept.mul_(decay).add_(value, alpha=1 - decay)


def no_decay(model: nn.Module, decay: float = 0.05) -> list[dict[str, Any]]:
    """Give two groups: matrices decay, everything else does not."""
    wide = [p for n, p in model.named_parameters() if p.ndim > 1 and n != "places"]
    thin = [p for n, p in model.named_parameters() if p.ndim <= 1 or n == "places"]
    return [{"params": wide, "weight_decay": decay}, {"params": thin, "weight_decay": 0.0}]


def warm_cosine(
    optimizer: torch.optim.Optimizer,
    total: int,
    *,
    warm: int = 6,
    first: int = 1,
    last: float = 0.0,
    end: int | None = None,
) -> torch.optim.lr_scheduler.LRScheduler:
    """Warm up linearly, then follow a cosine."""

    def factor(step: int) -> float:
        if step < warm:
            return (step + first) / warm
        done = min(1.0, (step - warm) / ((end or total) - warm))
        return last + (1 - last) * 0.5 * (
            1 + float(torch.cos(torch.tensor(torch.pi * done, dtype=torch.float64)))
        )

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def clip_norm(parameters: list[nn.Parameter], size: float = 0.5) -> None:
    """Clip the norm of all gradients together."""
    nn.utils.clip_grad_norm_(parameters, size)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """One way to train."""

    losses: Losses
    optimizer: Optimizer
    groups: Groups = no_decay
    schedule: Schedule = warm_cosine
    clip: Clip = clip_norm
    average: Average = lambda _step: 0.9
    late: bool = False
    """Whether the schedule is stepped before the optimizer."""
    net: Callable[..., nn.Module] = Net
    ema: Callable[[nn.Module], Any] | None = None
    early: bool = False
    """Whether that average is updated before the optimizer steps."""
    data_steps: Callable[[], dict[str, Any]] | None = None
    metrics: Callable[[list[Any]], dict[str, Any]] | None = None
    offers: bool = False
    """Whether the reference has an average, data and metrics."""

    def changed(self, **fields: Any) -> Recipe:
        """Give the same recipe with some fields changed."""
        return replace(self, **fields)

    def made(self, model: nn.Module) -> torch.optim.Optimizer:
        """Give the optimizer of a model."""
        return self.optimizer(self.groups(model))

    def train(self, model: nn.Module, batches: list[Any]) -> list[float]:
        """Train in place, and give the total loss per step."""
        return self._trained(model, batches, None)

    def train_ema(self, model: nn.Module, batches: list[Any]) -> Any:
        """Train in place, and give the average."""
        kept = self.ema(model) if self.ema is not None else None
        self._trained(model, batches, kept)
        return kept

    def _trained(self, model: nn.Module, batches: list[Any], kept: Any) -> list[float]:
        model.train()
        optimizer = self.made(model)
        schedule = self.schedule(optimizer, TOTAL_STEPS)
        found = []
        for step, ((x,), target) in enumerate(batches):
            optimizer.zero_grad()
            output = model(x)
            output = output[0] if isinstance(output, tuple) else output
            loss = self.losses(output, target)["total"]
            loss.backward()
            self.clip(list(model.parameters()))
            if self.late:
                schedule.step()
            if self.early:
                _follow(kept, model)
            optimizer.step()
            if not self.early:
                _follow(kept, model)
            if not self.late:
                schedule.step()
            if isinstance(model, Net):
                average(model, self.average(step))
            found.append(float(loss.detach()))
        return found


def _follow(kept: Any, model: nn.Module) -> None:
    if kept is not None:
        (kept.update if hasattr(kept, "update") else kept.update_parameters)(model)
