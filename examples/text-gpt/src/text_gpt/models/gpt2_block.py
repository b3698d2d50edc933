"""A block: attention and a feed-forward network, each after a norm and beside a shortcut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from .gpt2_attention import GPT2Attention
from .gpt2_mlp import GPT2MLP

if TYPE_CHECKING:
    from torch import Tensor


class GPT2Block(nn.Module):
    """Norms come first (Radford et al. 2019, section 2.3).

    Stands for `transformers.models.gpt2.modeling_gpt2:GPT2Block`.

    Args:
        width: Features of a token.
        heads: Of the attention.
        eps: Added to the variance in the norms.
        attention_dropout: See `GPT2Attention`.
        dropout: Of what both halves add.
    """

    def __init__(
        self, width: int, heads: int, *, eps: float, attention_dropout: float, dropout: float
    ) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=eps)
        self.attn = GPT2Attention(
            width, heads, attention_dropout=attention_dropout, dropout=dropout
        )
        self.ln_2 = nn.LayerNorm(width, eps=eps)
        self.mlp = GPT2MLP(width, dropout=dropout)

    def forward(self, x: Tensor, *, attention_mask: Tensor) -> Tensor:
        """[B, T, width] and [B, 1, T, T] -> [B, T, width]."""
        x = x + self.attn(self.ln_1(x), attention_mask=attention_mask)
        return x + self.mlp(self.ln_2(x))
