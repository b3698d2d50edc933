"""A linear layer whose weight lies the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


class Conv1D(nn.Module):
    """Multiply by a weight of the shape [in, out], as the first code of GPT had it.

    Stands for `transformers.pytorch_utils:Conv1D`.

    Args:
        nf: Features that come out.
        nx: Features that come in.
    """

    def __init__(self, nf: int, nx: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(nx, nf))
        self.bias = nn.Parameter(torch.zeros(nf))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        """[..., nx] -> [..., nf]."""
        return x @ self.weight + self.bias
