"""Wrong ways to train, and harmless ones, as changes of two recipes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.training import losses
from benchmarks.defects.training.recipe import Recipe, clip_norm, no_decay, warm_cosine

if TYPE_CHECKING:
    from collections.abc import Callable

ADAM = Recipe(losses=losses.focal, optimizer=partial(torch.optim.AdamW, lr=3e-3, betas=(0.9, 0.99)))
SGD = Recipe(losses=losses.focal, optimizer=partial(torch.optim.SGD, lr=0.05, momentum=0.9))


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One change of a recipe."""

    id: str
    rows: tuple[str, ...]
    """Rows of the catalogue; empty for a harmless change."""
    theirs: Recipe
    ours: Recipe
    rung: str
    """The lowest rung on which it shows."""

    @property
    def harmless(self) -> bool:
        """Whether nothing is wrong."""
        return not self.rows


def _wrong(id: str, rows: str, rung: str, theirs: Recipe = ADAM, **fields: Any) -> Setting:
    return Setting(
        id=id, rows=tuple(rows.split()), theirs=theirs, ours=theirs.changed(**fields), rung=rung
    )


def _same(id: str, rung: str, theirs: Recipe = ADAM, **fields: Any) -> Setting:
    return _wrong(id, "", rung, theirs, **fields)


def _adam(**settings: Any) -> Callable[..., torch.optim.Optimizer]:
    return partial(torch.optim.AdamW, **{"lr": 3e-3, "betas": (0.9, 0.99), **settings})


def _sgd(**settings: Any) -> Callable[..., torch.optim.Optimizer]:
    return partial(torch.optim.SGD, **{"lr": 0.05, "momentum": 0.9, **settings})


class OuterMomentum(torch.optim.SGD):
    """The learning rate inside the velocity, as TensorFlow has it."""

    def step(self, closure: Any = None) -> Any:
        """Move by the velocity."""
        with torch.no_grad():
            for group in self.param_groups:
                for value in group["params"]:
                    if value.grad is None:
                        continue
                    slope = value.grad + group["weight_decay"] * value
                    state = self.state[value]
                    speed = state.setdefault("momentum_buffer", torch.zeros_like(value))
                    speed.mul_(group["momentum"]).add_(slope, alpha=-group["lr"])
                    value.add_(speed)
        return closure


class ShiftedAdam(torch.optim.AdamW):
    """eps inside the root, or no correction of the first steps."""

    inside = True

    def step(self, closure: Any = None) -> Any:
        """Adam, written out."""
        with torch.no_grad():
            for group in self.param_groups:
                for value in group["params"]:
                    if value.grad is not None:
                        self._move(value, group)
        return closure

    def _move(self, value: Tensor, group: dict[str, Any]) -> None:
        one, two = group["betas"]
        state = self.state[value]
        count = state["count"] = state.get("count", 0) + 1
        mean = state.setdefault("mean", torch.zeros_like(value))
        square = state.setdefault("square", torch.zeros_like(value))
        value.mul_(1 - group["lr"] * group["weight_decay"])
        mean.lerp_(value.grad, 1 - one)
        square.mul_(two).addcmul_(value.grad, value.grad, value=1 - two)
        if self.inside:
            first, second = mean / (1 - one**count), square / (1 - two**count)
            value.sub_(group["lr"] * first / torch.sqrt(second + group["eps"]))
        else:
            value.sub_(group["lr"] * mean / (square.sqrt() + group["eps"]))


class UncorrectedAdam(ShiftedAdam):
    """BERT's."""

    inside = False


def one_group(model: nn.Module) -> list[dict[str, Any]]:
    """Everything decays."""
    return [{"params": list(model.parameters()), "weight_decay": 0.05}]


def places_decay(model: nn.Module) -> list[dict[str, Any]]:
    """Positions decay too, since they have two axes."""
    wide = [p for p in model.parameters() if p.ndim > 1]
    thin = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": wide, "weight_decay": 0.05}, {"params": thin, "weight_decay": 0.0}]


def fast_biases(model: nn.Module) -> list[dict[str, Any]]:
    """Biases learn twice as fast."""
    groups = no_decay(model)
    return [groups[0], {**groups[1], "lr": 6e-3}]


def frozen_norm(model: nn.Module) -> list[dict[str, Any]]:
    """The norm is left out."""
    names = {"norm.weight", "norm.bias"}
    kept = {id(p) for n, p in model.named_parameters() if n not in names}
    return [
        {**group, "params": [p for p in group["params"] if id(p) in kept]}
        for group in no_decay(model)
    ]


def split_groups(model: nn.Module) -> list[dict[str, Any]]:
    """The same settings in four groups for two."""
    return [
        {**group, "params": half}
        for group in no_decay(model)
        for half in (group["params"][:1], group["params"][1:])
    ]


def clip_value(parameters: list[nn.Parameter]) -> None:
    """Each number alone."""
    nn.utils.clip_grad_value_(parameters, 0.05)


def clip_each(parameters: list[nn.Parameter]) -> None:
    """Each parameter alone."""
    for value in parameters:
        nn.utils.clip_grad_norm_([value], 0.5)


def clip_written(parameters: list[nn.Parameter]) -> None:
    """The norm of all, written out."""
    slopes = [p.grad for p in parameters if p.grad is not None]
    norm = torch.stack([slope.norm() for slope in slopes]).norm()
    for slope in slopes:
        slope.mul_(torch.clamp(0.5 / (norm + 1e-6), max=1.0))


def nothing(_: list[nn.Parameter]) -> None:
    """Do not clip."""


def sequential(optimizer: torch.optim.Optimizer, total: int) -> Any:
    """The same schedule out of torch's own parts."""
    kinds = torch.optim.lr_scheduler
    warm = kinds.LinearLR(optimizer, 1 / 6, 1.0, 5)
    cosine = kinds.CosineAnnealingLR(optimizer, total - 6)
    return kinds.SequentialLR(optimizer, [warm, cosine], [6])


def stepped(milestone: int) -> Callable[[torch.optim.Optimizer, int], Any]:
    """Multiply by a tenth at a milestone."""
    return lambda optimizer, _total: torch.optim.lr_scheduler.MultiStepLR(optimizer, [milestone])


def per_epoch(optimizer: torch.optim.Optimizer, total: int) -> Any:
    """Step every tenth step."""

    def factor(step: int) -> float:
        at = step // 10 * 10
        return (
            (at + 1) / 6
            if at < 6
            else 0.5 * (1 + float(torch.cos(torch.tensor(torch.pi * (at - 6) / (total - 6)))))
        )

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


STEPS = SGD.changed(schedule=stepped(30))

OPTIMIZERS: tuple[Setting, ...] = (
    _wrong(
        "adam.l2",
        "D106",
        "optimizer",
        optimizer=partial(torch.optim.Adam, lr=3e-3, betas=(0.9, 0.99)),
    ),
    _wrong("adam.eps-1e-6", "D107", "optimizer", optimizer=_adam(eps=1e-6)),
    _wrong(
        "adam.eps-inside",
        "D107",
        "optimizer",
        optimizer=partial(ShiftedAdam, lr=3e-3, betas=(0.9, 0.99)),
    ),
    _wrong(
        "adam.uncorrected",
        "D108",
        "optimizer",
        optimizer=partial(UncorrectedAdam, lr=3e-3, betas=(0.9, 0.99)),
    ),
    _wrong("adam.beta2-0.999", "D109", "optimizer", optimizer=_adam(betas=(0.9, 0.999))),
    _wrong("adam.beta1-0.95", "D109", "optimizer", optimizer=_adam(betas=(0.95, 0.99))),
    _wrong("adam.amsgrad", "D109", "optimizer", optimizer=_adam(amsgrad=True)),
    _wrong("adam.lr", "D123", "optimizer", optimizer=_adam(lr=3.3e-3)),
    _wrong("sgd.nesterov", "D104", "optimizer", SGD, optimizer=_sgd(nesterov=True)),
    _wrong("sgd.dampening", "D105", "optimizer", SGD, optimizer=_sgd(dampening=0.9)),
    _wrong(
        "sgd.momentum-outside",
        "D103",
        "optimizer",
        SGD,
        optimizer=partial(OuterMomentum, lr=0.05, momentum=0.9),
    ),
    _wrong("sgd.momentum-0.95", "D103", "optimizer", SGD, optimizer=_sgd(momentum=0.95)),
    _wrong("groups.everything-decays", "D111", "optimizer", groups=one_group),
    _wrong("groups.positions-decay", "D111", "optimizer", groups=places_decay),
    _wrong("groups.nothing-decays", "D111", "optimizer", groups=partial(no_decay, decay=0.0)),
    _wrong("groups.biases-fast", "D113", "optimizer", groups=fast_biases),
    _wrong("groups.norm-frozen", "D114", "optimizer", groups=frozen_norm),
    _wrong("clip.by-value", "D115", "state", clip=clip_value),
    _wrong("clip.each-alone", "D115", "state", clip=clip_each),
    _wrong("clip.none", "D115", "state", SGD, clip=nothing),
    _wrong("clip.at-one", "D115", "state", SGD, clip=partial(clip_norm, size=1.0)),
    _wrong(
        "schedule.warm-up-from-zero", "D118", "schedule", schedule=partial(warm_cosine, first=0)
    ),
    _wrong("schedule.longer-cosine", "D119", "schedule", schedule=partial(warm_cosine, end=66)),
    _wrong("schedule.floor", "D119", "schedule", schedule=partial(warm_cosine, last=0.01)),
    _wrong("schedule.per-epoch", "D120", "schedule", schedule=per_epoch),
    _wrong("schedule.milestone", "D121", "schedule", STEPS, schedule=stepped(31)),
    _wrong("schedule.stepped-early", "D122", "state", late=True),
    _wrong("average.decay", "D125", "state", average=lambda _step: 0.99),
    _wrong(
        "average.warm-up", "D125", "state", average=lambda step: min(0.9, (1 + step) / (10 + step))
    ),
    _wrong("average.never", "D126 D127", "state", average=lambda _step: 1.0),
)
"""Wrong optimizers, groups, clipping, schedules and averages."""

LOSSES: tuple[Setting, ...] = (
    _wrong("loss.sum", "D84", "loss", losses=losses.with_sum),
    _wrong("loss.softmax-twice", "D85", "loss", losses=losses.softmax_twice),
    _wrong("loss.log-of-softmax", "D86", "loss", losses=losses.log_of_softmax),
    _wrong("loss.no-smoothing", "D87", "loss", losses=losses.without_smoothing),
    _wrong("loss.smoothing-of-others", "D87", "loss", losses=losses.smoothed_over_others),
    _wrong("loss.no-stop", "D88", "loss", losses=losses.without_stop),
    _wrong("loss.term-stopped", "D89", "loss", losses=losses.stopped_size),
    _wrong("loss.partly-stopped", "D89", "loss", losses=losses.stopped_half),
    _wrong("loss.clamped", "D90", "loss", losses=losses.clamped),
    _wrong("loss.clamped-straight", "D90", "loss", losses=losses.clamped_straight),
    _wrong("loss.over-valid", "D98", "loss", losses=losses.mean_over_valid),
    _wrong("loss.over-weights", "D91", "loss", losses=losses.normalised_by_weight),
    _wrong("loss.gamma", "D94", "loss", losses=losses.other_gamma),
    _wrong("loss.term-weight", "D92", "loss", losses=losses.other_weight),
    _wrong("loss.term-forgotten", "D93", "loss", losses=losses.without_size),
)
"""Wrong losses; `no-stop`, `term-stopped` and `partly-stopped` have the right value."""

HARMLESS: tuple[Setting, ...] = (
    _same("adam.foreach", "optimizer", optimizer=_adam(foreach=True)),
    _same("adam.fused", "optimizer", optimizer=_adam(fused=True)),
    _same("adam.single-tensor", "optimizer", optimizer=_adam(foreach=False, fused=False)),
    _same("sgd.foreach", "optimizer", SGD, optimizer=_sgd(foreach=True)),
    _same("sgd.fused", "optimizer", SGD, optimizer=_sgd(fused=True)),
    _same("sgd.single-tensor", "optimizer", SGD, optimizer=_sgd(foreach=False, fused=False)),
    _same("groups.split", "optimizer", groups=split_groups),
    _same("clip.written-out", "state", clip=clip_written),
    _same("schedule.sequential", "schedule", schedule=sequential),
    _same("loss.log-softmax", "loss", losses=losses.by_log_softmax),
    _same("loss.logsumexp", "loss", losses=losses.by_logsumexp),
    _same("loss.no-grad", "loss", losses=losses.by_hand),
    _same("nothing.adam", "state"),
    _same("nothing.sgd", "state", SGD),
)
"""The same training in other words."""

SETTINGS = OPTIMIZERS + LOSSES + HARMLESS
