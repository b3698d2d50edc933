"""Draw fresh batch statistics around what the model really sees, layer by layer.

A batch norm as built takes mean 0 and variance 1 for granted, so in evaluation mode it normalises
nothing, and the activations of a deep residual network grow by ten powers. One pass over the normal
probe says what reaches each norm; its statistics are drawn around that before the pass goes on.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from scaffold.trace import drawn
from scaffold.trace.replay import without_fused_attention

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEAN, VARIANCE = "running_mean", "running_var"
_HALF = 0.5


def calibrate(
    model: nn.Module,
    given: Sequence[Tensor],
    rows: Sequence[list[Any]],
    built: Mapping[str, Tensor],
    seed: int,
) -> None:
    """Write into the rows, and into the model, statistics that fit; trained ones stay.

    The values have one digit, so that another machine, whose sums round otherwise, writes the same
    ones.

    Args:
        model: Theirs, in evaluation mode, with the drawn weights.
        given: The inputs of the normal probe.
        rows: The rows of every tensor (`scaffold.reference.full.rows_of`).
        built: The state dict as it was built.
        seed: Where every draw starts.
    """
    row_of = {row[0]: row for row in rows}
    hooks = []
    for part, module in model.named_modules():
        mean, variance = (f"{part}.{name}" if part else name for name in (MEAN, VARIANCE))
        drawn_both = all(
            name in row_of and row_of[name][3] == drawn.UNIFORM for name in (mean, variance)
        )
        if drawn_both and _fresh(built[mean], built[variance]):
            fit = _fitter(row_of[mean], row_of[variance], seed)
            hooks.append(module.register_forward_pre_hook(fit))
    try:
        if hooks:
            with torch.no_grad(), without_fused_attention():
                model(*(value.clone() for value in given))
    except Exception:  # noqa: BLE001, S110 - what the model refuses is said by who runs it next
        pass
    finally:
        for hook in hooks:
            hook.remove()


def _fresh(mean: Tensor, variance: Tensor) -> bool:
    return bool((mean == 0).all() and (variance == 1).all())


def _fitter(mean_row: list[Any], variance_row: list[Any], seed: int) -> Any:  # noqa: ANN401 - a hook
    done: list[bool] = []

    def fit(module: nn.Module, args: tuple[Any, ...]) -> None:
        x = args[0].detach().double() if args else None
        if done or x is None or x.dim() < 2 or not bool(x.isfinite().all()):  # noqa: PLR2004 - channels
            return
        done.append(True)
        axes = [axis for axis in range(x.dim()) if axis != 1]
        means, variances = x.mean(axes), x.var(axes, correction=0)
        if not float(variances.mean()) > 0.0:
            return
        center, width = _digit(float(variances.mean())), float(variances.std(correction=0))
        # More than half of the mean would draw a variance below nothing.
        share = min(max(round(width / center, 1), 0.1), _HALF)
        variance_row[4:6] = [center, center * share]
        mean_row[4:6] = [_digit(float(means.mean())), _digit(float(means.std(correction=0)))]
        for name, row in ((MEAN, mean_row), (VARIANCE, variance_row)):
            getattr(module, name).copy_(drawn.weight(row[0], row[1], row[2], row[4:6], seed))

    return fit


def _digit(value: float) -> float:
    return float(f"{value:.1g}") if math.isfinite(value) else 0.0
