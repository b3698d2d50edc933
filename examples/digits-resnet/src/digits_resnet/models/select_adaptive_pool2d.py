"""Global pooling: one number per channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


class SelectAdaptivePool2d(nn.Module):
    """Average over height and width.

    Stands for `timm.layers.adaptive_avgmax_pool:SelectAdaptivePool2d`, which can do more; `avg` is all that
    this network asks of it.
    """

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, C]."""
        return x.mean(dim=(2, 3))
