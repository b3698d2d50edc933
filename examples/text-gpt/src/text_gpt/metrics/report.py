"""Say, beside the loss, how good an output is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..losses.total import scores

if TYPE_CHECKING:
    from torch import Tensor


def report(output: Any, target: Tensor) -> dict[str, Tensor]:
    """Compute the share of tokens whose successor has the greatest score."""
    found = scores(output)[:, :-1].argmax(dim=-1)
    return {"accuracy": (found == target[:, 1:]).float().mean()}
