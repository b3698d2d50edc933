"""Attention to what came before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn
from torch.nn import functional as F

from .conv1_d import Conv1D

if TYPE_CHECKING:
    from torch import Tensor


class GPT2Attention(nn.Module):
    """Causal attention with several heads (Vaswani et al. 2017, section 3.2); padding is not looked at.

    A token that may look at nothing (padding at the left of a text) takes nothing, as in the reference.

    Stands for `transformers.models.gpt2.modeling_gpt2:GPT2Attention`.

    Args:
        width: Features of a token.
        heads: They share the width.
        attention_dropout: Probability with which a weight of the attention is dropped in training.
        dropout: The same of a feature that goes out.
    """

    def __init__(self, width: int, heads: int, *, attention_dropout: float, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.c_attn = Conv1D(3 * width, width)
        self.c_proj = Conv1D(width, width)
        self.attention_dropout = attention_dropout
        self.resid_dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, *, attention_mask: Tensor) -> Tensor:
        """[B, T, width] -> [B, T, width].

        Args:
            x: The tokens.
            attention_mask: [B, 1, T, T] of booleans: which token (last axis) each token may look at.
        """
        query, key, value = map(self._apart, self.c_attn(x).chunk(3, dim=-1))
        found = F.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=attention_mask,
            dropout_p=self.attention_dropout if self.training else 0.0,
        )
        return self.resid_dropout(self.c_proj(found.transpose(1, 2).flatten(2)))

    def _apart(self, x: Tensor) -> Tensor:
        """[B, T, width] -> [B, heads, T, width / heads]."""
        batch, long, width = x.shape
        return x.view(batch, long, self.heads, width // self.heads).transpose(1, 2)
