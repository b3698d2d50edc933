"""Multi-head self-attention (Vaswani et al. 2017, section 3.2), written to be compared with a reference.

Shape letters, for this file only:
    B batch, T tokens, D model width, H heads, K width of one head
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


class Attention(nn.Module):
    """Let every token look at every token.

    Query, key and value are three layers here; the reference keeps them fused in one matrix, in this order.
    """

    def __init__(self, *, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            msg = f"width {width} is not a multiple of heads {heads}"
            raise ValueError(msg)
        self.heads = heads
        self.query = nn.Linear(width, width, bias=True)
        self.key = nn.Linear(width, width, bias=True)
        self.value = nn.Linear(width, width, bias=True)
        self.output = nn.Linear(width, width, bias=True)

    def forward(self, x_BTD: Tensor) -> Tensor:
        """Mix tokens: B T D to B T D."""
        B, T, D = x_BTD.shape
        H, K = self.heads, D // self.heads
        q_BHTK = self.query(x_BTD).view(B, T, H, K).transpose(1, 2)
        k_BHTK = self.key(x_BTD).view(B, T, H, K).transpose(1, 2)
        v_BHTK = self.value(x_BTD).view(B, T, H, K).transpose(1, 2)
        scores_BHTT = q_BHTK @ k_BHTK.mT * K**-0.5
        mixed_BHTK = scores_BHTT.softmax(dim=-1) @ v_BHTK
        return self.output(mixed_BHTK.transpose(1, 2).reshape(B, T, D))
