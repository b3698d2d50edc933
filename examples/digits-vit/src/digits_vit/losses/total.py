"""The loss that is trained: every term by its name, and their sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .classification import classification
from .z import z_loss

if TYPE_CHECKING:
    from torch import Tensor


def loss_terms(
    logits_BK: Tensor, target_B: Tensor, *, label_smoothing: float, gamma: float, z_weight: float
) -> dict[str, Tensor]:
    """Compute every term as it enters the total, and `total`. The numbers come from `configs/loss/`."""
    main = classification(logits_BK, target_B, label_smoothing=label_smoothing, gamma=gamma)
    z = z_weight * z_loss(logits_BK)
    return {"classification": main, "z": z, "total": main + z}
