"""Say how often the most probable class is the label."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def accuracy(logits_BK: Tensor, target_B: Tensor) -> Tensor:
    """Compute the share of samples whose greatest logit is the label's.

    Over several batches, weight each value by its batch's size: the mean of means is another number
    as soon as the last batch is short.
    """
    return (logits_BK.argmax(dim=-1) == target_B).float().mean()
