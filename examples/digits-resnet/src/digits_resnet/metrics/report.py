"""Say, beside the loss, how good an output is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..losses.total import scores

if TYPE_CHECKING:
    from torch import Tensor


def report(output: Any, target: Tensor) -> dict[str, Tensor]:
    """Compute the share of samples whose greatest score is the label's.

    Over several batches, weight each value by its batch's size.
    """
    return {"accuracy": (scores(output).argmax(dim=-1) == target).float().mean()}
