"""Make one vector of many tokens.

Shape letters, for this file only:
    B batch, T tokens, D model width
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


class MeanPool(nn.Module):
    """The mean over the tokens; there is no class token."""

    def forward(self, x_BTD: Tensor) -> Tensor:
        """Pool tokens: B T D to B D."""
        return x_BTD.mean(dim=1)
