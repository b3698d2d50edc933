"""The two-layer perceptron of a block.

Shape letters, for this file only:
    B batch, T tokens, D model width, M hidden width
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor


class Mlp(nn.Module):
    """Widen, bend, narrow; every token by itself."""

    def __init__(self, *, width: int, hidden: int) -> None:
        super().__init__()
        self.expand = nn.Linear(width, hidden, bias=True)
        self.contract = nn.Linear(hidden, width, bias=True)

    def forward(self, x_BTD: Tensor) -> Tensor:
        """Transform tokens: B T D to B T D."""
        h_BTM = F.gelu(self.expand(x_BTD), approximate="none")
        return self.contract(h_BTM)
