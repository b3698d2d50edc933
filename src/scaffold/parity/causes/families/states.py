"""What training leaves in the buffers: declared here, found in `causes.state`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from scaffold.core.comparison import Rung
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import Free, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench

STATE = (Rung.STATE,)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


@hypothesis("momentum", "another momentum of the running statistics", "D128", rungs=STATE)
def other_momentum(bench: Bench) -> Iterator[Free]:
    """Solve for the momentum of every batch normalisation."""
    mine = sorted({float(norm.momentum or 0.0) for norm in bench.facts})
    if not mine:
        return

    def make(number: float) -> Trial:
        def change(model: nn.Module) -> None:
            for norm in norms_of(model):
                norm.momentum = number

        return Trial(
            theirs=f"momentum={number:g}",
            ours=", ".join(f"{one:g}" for one in mine),
            place="every batch normalisation",
            change=change,
        )

    yield Free(make=make, grid=(0.1, 0.01, 0.9, 0.99, 0.001, 0.05))


@hypothesis(
    "running-variance",
    "the running variance is the biased one, or the unbiased one",
    "D79",
    rungs=STATE,
)
def running_variance(bench: Bench) -> Iterator[Trial]:
    """Let the biased variance into the buffers, as TensorFlow does."""
    if bench.facts:
        yield Trial(
            theirs="the biased variance in the buffers",
            ours="the unbiased one",
            place="every batch normalisation",
            change=_on_every(_biased),
        )


@hypothesis(
    "frozen",
    "running statistics stand still while theirs move, or the reverse",
    "D114",
    "D139",
    rungs=STATE,
)
def frozen(bench: Bench) -> Iterator[Trial]:
    """Keep the running statistics as they are."""
    if bench.facts:
        yield Trial(
            theirs="statistics that stand still",
            ours="moving ones",
            place="every batch normalisation",
            change=_on_every(_still),
        )


@hypothesis(
    "cumulative", "running statistics are plain averages over all batches", "D128", rungs=STATE
)
def cumulative(bench: Bench) -> Iterator[Trial]:
    """Average over all batches seen."""
    if bench.facts:

        def change(model: nn.Module) -> None:
            for norm in norms_of(model):
                norm.momentum = None

        yield Trial(
            theirs="a plain average over the batches",
            ours="a moving one",
            place="every batch normalisation",
            change=change,
        )


def norms_of(model: nn.Module) -> list[Any]:
    """Return the batch normalisations of a model."""
    return [module for module in model.modules() if isinstance(module, NORMS)]


def _on_every(change: Callable[[Any], None]) -> Callable[[nn.Module], None]:
    def on_model(model: nn.Module) -> None:
        for norm in norms_of(model):
            change(norm)

    return on_model


def _biased(norm: Any) -> None:  # noqa: ANN401 - a batch normalisation
    inner = norm.forward

    def forward(x: Tensor) -> Tensor:
        before = norm.running_var.clone()
        y: Tensor = inner(x)
        if norm.training:
            count = x.numel() / x.shape[1]
            moved = (norm.running_var - before * (1 - norm.momentum)) / norm.momentum
            fresh = before * (1 - norm.momentum) + norm.momentum * moved * (count - 1) / count
            norm.running_var = fresh
        return y

    norm.forward = forward


def _still(norm: Any) -> None:  # noqa: ANN401 - a batch normalisation
    inner = norm.forward

    def forward(x: Tensor) -> Tensor:
        kept = norm.running_mean.clone(), norm.running_var.clone()
        y: Tensor = inner(x)
        norm.running_mean, norm.running_var = kept
        return y

    norm.forward = forward
