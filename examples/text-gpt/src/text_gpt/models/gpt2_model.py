"""The blocks of GPT-2 between its embeddings and a last norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from .gpt2_block import GPT2Block

if TYPE_CHECKING:
    from torch import Tensor


class GPT2Model(nn.Module):
    """Learned positions are added to the words (Radford et al. 2018, section 4.1).

    Stands for `transformers.models.gpt2.modeling_gpt2:GPT2Model`.

    Args:
        words: Words of the vocabulary.
        positions: The longest text.
        width: Features of a token.
        layers: Blocks.
        heads: Of every attention.
        eps: Added to the variance in every norm.
        embedding_dropout: Of the sum of words and positions.
        attention_dropout: See `GPT2Attention`.
        dropout: Of what every half block adds.
    """

    def __init__(
        self,
        words: int,
        positions: int,
        *,
        width: int,
        layers: int,
        heads: int,
        eps: float,
        embedding_dropout: float,
        attention_dropout: float,
        dropout: float,
    ) -> None:
        super().__init__()
        self.wte = nn.Embedding(words, width)
        self.wpe = nn.Embedding(positions, width)
        self.drop = nn.Dropout(embedding_dropout)
        self.h = nn.ModuleList(
            GPT2Block(
                width,
                heads,
                eps=eps,
                attention_dropout=attention_dropout,
                dropout=dropout,
            )
            for _ in range(layers)
        )
        self.ln_f = nn.LayerNorm(width, eps=eps)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """[B, T] and [B, T] -> [B, T, width].

        Args:
            ids: Numbers of words.
            mask: 1 for a word, 0 for padding.
        """
        places = torch.arange(ids.shape[1], device=ids.device)[None]
        causal = places[:, None, :] <= places[:, :, None]
        seen = causal[:, None] & mask[:, None, None, :].bool()
        x = self.drop(self.wte(ids) + self.wpe(places))
        for block in self.h:
            x = block(x, attention_mask=seen)
        return self.ln_f(x)
