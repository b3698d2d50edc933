"""The feed-forward half of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from .conv1_d import Conv1D
from .new_gelu_activation import NewGELUActivation

if TYPE_CHECKING:
    from torch import Tensor


class GPT2MLP(nn.Module):
    """Four times as wide within, position by position.

    Stands for `transformers.models.gpt2.modeling_gpt2:GPT2MLP`.

    Args:
        width: Features of a token.
        dropout: Probability with which a feature that goes out is dropped in training.
    """

    def __init__(self, width: int, *, dropout: float) -> None:
        super().__init__()
        self.c_fc = Conv1D(4 * width, width)
        self.act = NewGELUActivation()
        self.c_proj = Conv1D(width, 4 * width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, width] -> [B, T, width]."""
        return self.dropout(self.c_proj(self.act(self.c_fc(x))))
