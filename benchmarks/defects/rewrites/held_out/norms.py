"""Normalise and average in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import calling, kinds
from benchmarks.defects.rewrites.norms import plain_batchnorm, plain_layernorm
from benchmarks.defects.rewrites.rewrite import rewrite
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from benchmarks.defects.anatomy import Place


@rewrite("layernorm.moments", "the mean of squares less the square of the mean", plain_layernorm)
def moments(part: nn.Module, _: Place) -> None:
    """One pass over the data."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        mean = x.mean(-1, keepdim=True)
        spread = (x.square().mean(-1, keepdim=True) - mean.square()).clamp(min=0)
        return (x - mean) * torch.rsqrt(spread + self.eps) * self.weight + self.bias

    retold(part, change)


@rewrite("layernorm.double", "computed in float64, and cast back", plain_layernorm)
def double(part: nn.Module, _: Place) -> None:
    """More bits than theirs."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        wide = functional.layer_norm(x.double(), self.normalized_shape, eps=self.eps).to(x.dtype)
        return wide * self.weight + self.bias

    retold(part, change)


@rewrite("layernorm.instance", "an instance norm of rows", plain_layernorm)
def instance(part: nn.Module, _: Place) -> None:
    """Each row a sample of one channel."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        rows = x.reshape(-1, 1, x.shape[-1])
        return functional.instance_norm(rows, eps=self.eps).view(x.shape) * self.weight + self.bias

    retold(part, change)


@rewrite("layernorm.projected", "the mean is taken off by a matrix", plain_layernorm)
def projected(part: nn.Module, _: Place) -> None:
    """Give x (I - 11'/n)."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        n = x.shape[-1]
        apart = x @ (torch.eye(n, dtype=x.dtype) - 1 / n)
        size = apart.norm(dim=-1, keepdim=True) / n**0.5
        return apart / torch.sqrt(size.square() + self.eps) * self.weight + self.bias

    retold(part, change)


@rewrite("batchnorm.depthwise", "a depthwise convolution of 1 x 1", plain_batchnorm)
def depthwise(part: nn.Module, _: Place) -> None:
    """Scale as kernel, shift as bias."""

    def change(plain: Any, self: Any, x: Tensor) -> Tensor:
        if x.ndim != 4:
            return plain(x)
        scale = self.weight / torch.sqrt(self.running_var + self.eps)
        shift = self.bias - self.running_mean * scale
        return functional.conv2d(x, scale.view(-1, 1, 1, 1), shift, groups=len(scale))

    retold(part, change)


@rewrite("batchnorm.addcmul", "one addcmul of the centred map", plain_batchnorm)
def addcmul(part: nn.Module, _: Place) -> None:
    """Give shift + (x - mean) * scale."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        shape = (1, -1, *[1] * (x.ndim - 2))
        scale = (self.weight * (self.running_var + self.eps).pow(-0.5)).view(shape)
        return torch.addcmul(self.bias.view(shape), x - self.running_mean.view(shape), scale)

    retold(part, change)


@rewrite("groupnorm.batch", "a batch norm in training over groups as channels", kinds(nn.GroupNorm))
def batch(part: nn.Module, _: Place) -> None:
    """All samples' groups side by side."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        rows = x.reshape(1, len(x) * self.num_groups, -1)
        y = functional.batch_norm(rows, None, None, training=True, eps=self.eps).view(x.shape)
        shape = (1, -1, *[1] * (x.ndim - 2))
        return y * self.weight.view(shape) + self.bias.view(shape)

    retold(part, change)


@rewrite("mean.halves", "two halves of the last averaged axis, added", calling("mean"))
def halves(part: nn.Module, _: Place) -> None:
    """Another order of summation."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        dim = kwargs.get("dim", args[0] if args else None)
        axis = dim[-1] if isinstance(dim, tuple | list) and dim else dim
        if not isinstance(axis, int) or x.shape[axis] < 2:
            return func(x, *args, **kwargs)
        size = x.shape[axis]
        one, two = x.narrow(axis, 0, size // 2), x.narrow(axis, size // 2, size - size // 2)
        share = (size // 2) / size
        return func(one, *args, **kwargs) * share + func(two, *args, **kwargs) * (1 - share)

    recalled(part, ("mean",), change, None)
