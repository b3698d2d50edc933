"""GPT-2 as a language model: scores for the word that comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from .conv1_d import Conv1D
from .gpt2_model import GPT2Model

if TYPE_CHECKING:
    from torch import Tensor

STD = 0.02
"""Of the normal numbers that weights start as."""


class GPT2LMHeadModel(nn.Module):
    """The head has the weights of the words (Press and Wolf 2016).

    Stands for `transformers.models.gpt2.modeling_gpt2:GPT2LMHeadModel`. Arguments: see `GPT2Model`.
    """

    def __init__(
        self,
        words: int,
        positions: int,
        width: int,
        layers: int,
        heads: int,
        eps: float,
        embedding_dropout: float,
        attention_dropout: float,
        dropout: float,
    ) -> None:
        super().__init__()
        self.transformer = GPT2Model(
            words,
            positions,
            width=width,
            layers=layers,
            heads=heads,
            eps=eps,
            embedding_dropout=embedding_dropout,
            attention_dropout=attention_dropout,
            dropout=dropout,
        )
        self.lm_head = nn.Linear(width, words, bias=False)
        self.lm_head.weight = self.transformer.wte.weight
        self._start(layers)

    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """[B, T] words and [B, T] mask -> `logits`, [B, T, words]."""
        return {"logits": self.lm_head(self.transformer(ids, mask))}

    def _start(self, layers: int) -> None:
        """Draw weights; what is added to the shortcuts starts smaller (Radford et al. 2019, section 2.3)."""
        for name, part in self.named_modules():
            if isinstance(part, nn.Embedding | Conv1D):
                shrink = (2 * layers) ** -0.5 if name.endswith("c_proj") else 1.0
                nn.init.normal_(part.weight, std=STD * shrink)
