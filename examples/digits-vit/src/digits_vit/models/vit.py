"""The whole network: a small vision transformer (Dosovitskiy et al. 2021, figure 1), mean-pooled.

Shape letters, for this file only:
    B batch, C channels, H image height, W image width, T tokens, D model width, K classes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from .attention import Attention
from .encoder import Encoder
from .patch import PatchEmbedding
from .pool import MeanPool

if TYPE_CHECKING:
    from torch import Tensor


class VisionTransformer(nn.Module):
    """Patches, positions, blocks, mean, classes. The sizes come from `configs/model/`."""

    def __init__(
        self,
        *,
        image_size: int,
        channels: int,
        classes: int,
        patch_size: int,
        width: int,
        depth: int,
        heads: int,
        mlp_ratio: int,
        norm_eps: float,
    ) -> None:
        super().__init__()
        if image_size % patch_size:
            msg = f"image_size {image_size} is not a multiple of patch_size {patch_size}"
            raise ValueError(msg)
        tokens = (image_size // patch_size) ** 2
        self.patch = PatchEmbedding(channels=channels, patch_size=patch_size, width=width)
        self.positions = nn.Parameter(torch.empty(tokens, width))
        self.encoder = Encoder(
            width=width, depth=depth, heads=heads, mlp_ratio=mlp_ratio, norm_eps=norm_eps
        )
        self.pool = MeanPool()
        self.head = nn.Linear(width, classes, bias=True)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new parameters, from the same distributions as the reference."""
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight, gain=1.0)
                nn.init.zeros_(layer.bias)
        for layer in self.modules():
            if isinstance(layer, Attention):
                # The reference draws these as one matrix of 3 D rows; its fans give this gain.
                for part in (layer.query, layer.key, layer.value):
                    nn.init.xavier_uniform_(part.weight, gain=0.5**0.5)
        # A nearly silent head: at the start every class is as likely as the others. The cut is at +-2, not at
        # two standard deviations: torch's definition, which the reference uses.
        nn.init.trunc_normal_(self.head.weight, mean=0.0, std=0.02, a=-2.0, b=2.0)
        nn.init.trunc_normal_(self.positions, mean=0.0, std=0.02, a=-2.0, b=2.0)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Classify images: B C H W to logits B K."""
        x_BTD = self.patch(x_BCHW) + self.positions
        x_BTD = self.encoder(x_BTD)
        return self.head(self.pool(x_BTD))
