"""One transformer block with the norms in front (Xiong et al. 2020, figure 1b).

Shape letters, for this file only:
    B batch, T tokens, D model width
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from .attention import Attention
from .mlp import Mlp

if TYPE_CHECKING:
    from torch import Tensor


class Block(nn.Module):
    """Attention, then perceptron, each on normalised tokens and added to what came in."""

    def __init__(self, *, width: int, heads: int, mlp_ratio: int, norm_eps: float) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width, eps=norm_eps, elementwise_affine=True, bias=True)
        self.attention = Attention(width=width, heads=heads)
        self.mlp_norm = nn.LayerNorm(width, eps=norm_eps, elementwise_affine=True, bias=True)
        self.mlp = Mlp(width=width, hidden=width * mlp_ratio)

    def forward(self, x_BTD: Tensor) -> Tensor:
        """Transform tokens: B T D to B T D."""
        x_BTD = x_BTD + self.attention(self.attention_norm(x_BTD))
        return x_BTD + self.mlp(self.mlp_norm(x_BTD))
