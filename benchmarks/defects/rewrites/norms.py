"""Normalise in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm

from benchmarks.defects.operators.defect import kinds
from benchmarks.defects.rewrites.rewrite import rewrite
from benchmarks.defects.tamper import become, retold

if TYPE_CHECKING:
    from benchmarks.defects.anatomy import Place


def plain_layernorm(place: Place) -> bool:
    """Fit LayerNorm itself; libraries have subclasses that permute."""
    return type(place.module) is nn.LayerNorm and place.called > 0


def plain_batchnorm(place: Place) -> bool:
    """Fit BatchNorm itself; timm has subclasses with the activation inside."""
    return type(place.module) in (nn.BatchNorm1d, nn.BatchNorm2d) and place.called > 0


@rewrite("layernorm.manual", "mean, variance, root, written out", plain_layernorm)
def layernorm_manual(part: nn.Module, _: Place) -> None:
    """(x - mean) / sqrt(var + eps)."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        centred = x - x.mean(-1, keepdim=True)
        variance = (centred**2).mean(-1, keepdim=True)
        return centred / torch.sqrt(variance + self.eps) * self.weight + self.bias

    retold(part, change)


@rewrite("layernorm.var", "torch.var with unbiased=False, and rsqrt", plain_layernorm)
def layernorm_var(part: nn.Module, _: Place) -> None:
    """The variance by torch."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        variance, mean = torch.var_mean(x, dim=-1, keepdim=True, unbiased=False)
        return torch.addcmul(self.bias, (x - mean) * torch.rsqrt(variance + self.eps), self.weight)

    retold(part, change)


@rewrite("layernorm.group", "GroupNorm of one group over flattened rows", plain_layernorm)
def layernorm_group(part: nn.Module, _: Place) -> None:
    """Channels come second in GroupNorm."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        flat = x.reshape(-1, x.shape[-1])
        return functional.group_norm(flat, 1, self.weight, self.bias, self.eps).view(x.shape)

    retold(part, change)


@rewrite("rmsnorm.manual", "mean of squares, root, written out", kinds(nn.RMSNorm))
def rmsnorm_manual(part: nn.Module, _: Place) -> None:
    """X / sqrt(mean(x^2) + eps)."""
    retold(
        part,
        lambda _plain, self, x: (
            x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight
        ),
    )


@rewrite("groupnorm.manual", "reshaped, normalised, reshaped back", kinds(nn.GroupNorm))
def groupnorm_manual(part: nn.Module, _: Place) -> None:
    """Over the channels of a group and all places."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        y = x.reshape(x.shape[0], self.num_groups, -1)
        variance, mean = torch.var_mean(y, dim=-1, keepdim=True, unbiased=False)
        y = ((y - mean) * torch.rsqrt(variance + self.eps)).view(x.shape)
        shape = (1, -1, *[1] * (x.ndim - 2))
        return y * self.weight.view(shape) + self.bias.view(shape)

    retold(part, change)


@rewrite("instancenorm.group", "GroupNorm with a group per channel", kinds(nn.InstanceNorm2d))
def instance_group(part: nn.Module, _: Place) -> None:
    """The same statistics."""
    retold(
        part,
        lambda _plain, self, x: functional.group_norm(
            x, self.num_features, self.weight, self.bias, self.eps
        ),
    )


@rewrite("batchnorm.scale-shift", "one scale and one shift per channel", plain_batchnorm)
def scale_shift(part: nn.Module, _: Place) -> None:
    """Statistics and affine folded."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        scale = self.weight * torch.rsqrt(self.running_var + self.eps)
        shift = self.bias - self.running_mean * scale
        shape = (1, -1, *[1] * (x.ndim - 2))
        return x * scale.view(shape) + shift.view(shape)

    retold(part, change)


@rewrite("batchnorm.divide", "subtract, divide, multiply, add", plain_batchnorm)
def divide(part: nn.Module, _: Place) -> None:
    """As it stands in the paper."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        shape = (1, -1, *[1] * (x.ndim - 2))
        mean, var = self.running_mean.view(shape), self.running_var.view(shape)
        y = (x - mean) / torch.sqrt(var + self.eps)
        return y * self.weight.view(shape) + self.bias.view(shape)

    retold(part, change)


def _folds(place: Place) -> bool:
    conv, norm = getattr(place.module, "conv", None), getattr(place.module, "norm", None)
    pair = isinstance(conv, nn.Conv2d) and type(norm) is nn.BatchNorm2d
    # In a Sequential the order may be another one, as in DenseNet's transitions.
    return pair and not isinstance(place.module, nn.Sequential) and place.called > 0


@rewrite("batchnorm.folded", "folded into the weights of the convolution before it", _folds)
def folded(part: nn.Module, place: Place) -> None:
    """One convolution; neither of the two children is called any more."""
    active = place.calls_any("relu") or hasattr(part, "act")

    def forward(self: Any, x: Tensor) -> Tensor:
        conv, norm = self.conv, self.norm
        scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
        shift = norm.bias - norm.running_mean * scale
        if conv.bias is not None:
            shift = shift + conv.bias * scale
        y = functional.conv2d(
            x,
            conv.weight * scale.view(-1, 1, 1, 1),
            shift,
            conv.stride,
            conv.padding,
            conv.dilation,
            conv.groups,
        )
        return torch.relu(y) if active else y

    become(part, forward=forward)


@rewrite(
    "norm.functional",
    "the functional form with the layer's own numbers",
    kinds(nn.LayerNorm, nn.GroupNorm, _BatchNorm),
)
def functional_form(part: nn.Module, _: Place) -> None:
    """Torch's own function, called from elsewhere."""
    kind = type(part)

    def change(plain: Any, self: Any, x: Tensor) -> Tensor:
        if kind is nn.LayerNorm:
            return functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        if kind is nn.GroupNorm:
            return functional.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)
        if kind in (nn.BatchNorm1d, nn.BatchNorm2d):
            return functional.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return plain(x)

    retold(part, change)
