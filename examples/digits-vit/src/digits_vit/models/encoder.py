"""A stack of blocks and the norm that ends it.

Shape letters, for this file only:
    B batch, T tokens, D model width
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from .block import Block

if TYPE_CHECKING:
    from torch import Tensor


class Encoder(nn.Module):
    """Blocks one after the other, then a last norm: without it, pre-norm tokens leave unnormalised."""

    def __init__(
        self, *, width: int, depth: int, heads: int, mlp_ratio: int, norm_eps: float
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            Block(width=width, heads=heads, mlp_ratio=mlp_ratio, norm_eps=norm_eps)
            for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width, eps=norm_eps, elementwise_affine=True, bias=True)

    def forward(self, x_BTD: Tensor) -> Tensor:
        """Transform tokens: B T D to B T D."""
        for block in self.blocks:
            x_BTD = block(x_BTD)
        return self.norm(x_BTD)
