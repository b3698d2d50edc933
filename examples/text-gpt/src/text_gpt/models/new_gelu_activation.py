"""The activation of GPT-2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor


class NewGELUActivation(nn.Module):
    """The Gaussian error linear unit with a hyperbolic tangent in the place of its integral.

    Stands for `transformers.activations:NewGELUActivation` (Hendrycks and Gimpel 2016, section 2).
    """

    def forward(self, x: Tensor) -> Tensor:
        """Any shape, element by element."""
        return F.gelu(x, approximate="tanh")
