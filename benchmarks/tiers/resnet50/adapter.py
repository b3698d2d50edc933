"""torchvision's ResNet-50, as a reference."""

import torch
import torchvision


def build(size: str = "twin") -> torch.nn.Module:
    """Build the network with fresh weights."""
    if size == "full":
        return torchvision.models.resnet50()
    return torchvision.models.ResNet(
        torchvision.models.resnet.Bottleneck, [2, 1, 1, 1], num_classes=10, width_per_group=4
    )


def example_batch(size: str = "twin") -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
    """Give two images of the size."""
    side = 224 if size == "full" else 32
    ramp = torch.linspace(-2, 2, 2 * 3 * side * side)
    return (ramp.reshape(2, 3, side, side),), torch.tensor([1, 2])
