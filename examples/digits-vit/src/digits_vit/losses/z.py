"""Keep logits from drifting away together (Zoph et al. 2022, section 3.1).

Shape letters, for this file only:
    B batch, K classes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def z_loss(logits_BK: Tensor) -> Tensor:
    """Average the square of the log of the softmax's denominator."""
    return logits_BK.logsumexp(dim=-1).square().mean()
