"""Build the models that are recorded: with weights that are no constants, on one image."""

from __future__ import annotations

import timm
import torch
from torch import Tensor, nn

MODELS = {
    "resnet18": "resnet18",
    "resnet50": "resnet50",
    "vit_tiny": "vit_tiny_patch16_224",
    "vit_small": "vit_small_patch16_224",
    "vit_base": "vit_base_patch16_224",
    "convnext_tiny": "convnext_tiny",
}
"""By the names of timm."""
BESIDE = ("encoder",)
"""Not in the median: torch's own encoder layer, which has a fused kernel that hides its parts."""


def built(name: str) -> tuple[nn.Module, Tensor]:
    """Give a model in evaluation mode, jittered, and one input."""
    torch.manual_seed(0)
    if name == "encoder":
        layer = nn.TransformerEncoderLayer(192, 3, 768, batch_first=True)
        model: nn.Module = nn.TransformerEncoder(layer, 12)
        given = torch.randn(1, 197, 192)
    else:
        model, given = timm.create_model(MODELS[name]), torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.1 * (weight.square().mean().sqrt() + 0.1) * torch.randn_like(weight))
    return model.eval(), given
