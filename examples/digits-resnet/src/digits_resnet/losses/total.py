"""The loss that is trained: every term by its name, and their sum.

Cross entropy of the scores of each sample. A stand-in, until the reference's own loss takes its place here and in `reference/adapter.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.trace.nest import leaves
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor


def scores(output: Any) -> Tensor:
    """Give the scores, batch by classes, of whatever the network gives."""
    return next(one for one in leaves(output).values() if one.is_floating_point() and one.ndim == 2)  # noqa: PLR2004


def loss_terms(output: Any, target: Tensor) -> dict[str, Tensor]:
    """Average the negative logarithm of the probability of the true class; a target of -100 counts nothing."""
    entropy = F.cross_entropy(
        scores(output), target, ignore_index=-100, reduction="mean", label_smoothing=0.0
    )
    return {"cross_entropy": entropy, "total": entropy}
