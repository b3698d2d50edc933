"""What is done to the full model: defects that have to be found in their place, and harmless ways.

Every change is made in place on a model that is the reference otherwise. A defect names the parts
in which it may be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable

HEADS, WIDTH = 3, 192


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one model."""

    model: str
    name: str
    make: Callable[[nn.Module], object]
    where: str = ""
    """The part that is wrong; empty for a harmless way of writing the same."""


def _eps(part: str, value: float) -> Callable[[nn.Module], object]:
    return lambda model: setattr(model.get_submodule(part), "eps", value)


def _put(part: str, make: Callable[[nn.Module], nn.Module]) -> Callable[[nn.Module], object]:
    return lambda model: model.set_submodule(part, make(model.get_submodule(part)))


def _stride_moved(model: nn.Module) -> None:
    block = model.get_submodule("layer3.0")
    block.conv1.stride, block.conv2.stride = (2, 2), (1, 1)


def _pool_shifted(model: nn.Module) -> None:
    """Pad at the end alone, as `same` does elsewhere."""
    model.maxpool.padding, model.maxpool.ceil_mode = 0, True


def _heads_permuted(model: nn.Module) -> None:
    """Read the heads in another order after attention, as a wrong reshape does."""

    def other_order(_module: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        heads = args[0].unflatten(-1, (HEADS, WIDTH // HEADS))
        return (heads.transpose(-1, -2).flatten(-2),)

    model.get_submodule("blocks.7.attn.proj").register_forward_pre_hook(other_order)


def _scaled(part: str, factor: float) -> Callable[[nn.Module], object]:
    def change(model: nn.Module) -> None:
        attention = model.get_submodule(part)
        attention.fused_attn = False
        attention.scale *= factor

    return change


def _unfused(model: nn.Module) -> None:
    for module in model.modules():
        if hasattr(module, "fused_attn"):
            module.fused_attn = False


class WrittenNorm(nn.Module):
    """A layer norm, written out."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = norm.weight, norm.bias, norm.eps

    def forward(self, x: Tensor) -> Tensor:
        """Norm over the last axis."""
        centred = x - x.mean(-1, keepdim=True)
        variance = centred.square().mean(-1, keepdim=True)
        return centred * torch.rsqrt(variance + self.eps) * self.weight + self.bias


class WrittenGelu(nn.Module):
    """A GELU, written out."""

    def forward(self, x: Tensor) -> Tensor:
        """Bend."""
        return x * 0.5 * (1.0 + torch.erf(x * 0.5**0.5))


class WrittenBatchNorm(nn.Module):
    """Batch norm in evaluation mode, folded into one scale and one shift."""

    def __init__(self, norm: nn.BatchNorm2d) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = norm.weight, norm.bias, norm.eps
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            self.register_buffer(name, getattr(norm, name))

    def forward(self, x: Tensor) -> Tensor:
        """Norm every channel."""
        scale = self.weight * torch.rsqrt(self.running_var + self.eps)
        shift = self.bias - self.running_mean * scale
        return x * scale[:, None, None] + shift[:, None, None]


class Mean(nn.Module):
    """A pool over everything, as a mean."""

    def forward(self, x: Tensor) -> Tensor:
        """Average the last two axes."""
        return x.mean((-2, -1), keepdim=True)


class WrittenLinear(nn.Module):
    """A linear layer as an einsum."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.weight, self.bias = linear.weight, linear.bias

    def forward(self, x: Tensor) -> Tensor:
        """Mix the last axis."""
        return torch.einsum("...i,oi->...o", x, self.weight) + self.bias


def _every(kind: type[nn.Module], make: Callable[..., nn.Module]) -> Callable[[nn.Module], object]:
    def change(model: nn.Module) -> None:
        for name, module in list(model.named_modules()):
            if type(module) is kind:
                model.set_submodule(name, make(module))

    return change


CHANGES = (
    Change(
        "resnet50", "batch norm eps 1e-3 in one block", _eps("layer2.1.bn2", 1e-3), "layer2.1.bn2"
    ),
    Change("resnet50", "stride moved to the first convolution", _stride_moved, "layer3.0.conv1"),
    Change(
        "resnet50",
        "relu6 in one block",
        _put("layer1.1.relu", lambda _: nn.ReLU6()),
        "layer1.1.relu",
    ),
    Change("resnet50", "pool shifted by one pixel", _pool_shifted, "maxpool"),
    Change("resnet50", "channels last", lambda model: model.to(memory_format=torch.channels_last)),
    Change("resnet50", "batch norm as scale and shift", _every(nn.BatchNorm2d, WrittenBatchNorm)),
    Change("resnet50", "pool as a mean", _put("avgpool", lambda _: Mean())),
    Change("resnet50", "as it is", lambda _: None),
    Change(
        "vit_tiny",
        "layer norm eps 1e-5 in one block",
        _eps("blocks.5.norm1", 1e-5),
        "blocks.5.norm1",
    ),
    Change("vit_tiny", "head order permuted in one block", _heads_permuted, "blocks.7.attn"),
    Change(
        "vit_tiny",
        "tanh GELU in one block",
        _put("blocks.3.mlp.act", lambda _: nn.GELU(approximate="tanh")),
        "blocks.3.mlp.act",
    ),
    Change(
        "vit_tiny",
        "scale of the width in one block",
        _scaled("blocks.9.attn", HEADS**-0.5),
        "blocks.9.attn",
    ),
    Change("vit_tiny", "attention written out", _unfused),
    Change("vit_tiny", "layer norm written out", _every(nn.LayerNorm, WrittenNorm)),
    Change("vit_tiny", "GELU written out", _every(nn.GELU, lambda _: WrittenGelu())),
    Change("vit_tiny", "linear layers as einsum", _every(nn.Linear, WrittenLinear)),
)
