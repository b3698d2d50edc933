"""Convolve, normalise, pool and bend in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.grad import conv2d_input

from benchmarks.defects.operators.defect import both, calling, kinds
from benchmarks.defects.rewrites.norms import plain_batchnorm, plain_layernorm
from benchmarks.defects.rewrites.rewrite import Rewrite, rewrite
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

CONV = kinds(nn.Conv1d, nn.Conv2d)


def _as(
    id: str, does: str, fits: Callable[[Place], bool], rule: Callable[[Any, Tensor], Tensor]
) -> Rewrite:
    def change(part: nn.Module, _: Place) -> None:
        retold(part, lambda _plain, self, x: rule(self, x))

    return rewrite(id, does, fits)(change)


def _curve(id: str, does: str, names: tuple[str, ...], rule: Callable[..., Tensor]) -> Rewrite:
    def change(part: nn.Module, _: Place) -> None:
        recalled(part, names, lambda _func, x, *args, **kwargs: rule(x, *args, **kwargs), None)

    return rewrite(id, does, calling(*names))(change)


def zeros_around(place: Place) -> bool:
    """Fit convolutions of any groups that pad with zeros by a number."""
    part = place.module
    return CONV(place) and part.padding_mode == "zeros" and isinstance(part.padding, tuple)


def _convolved(self: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    conv = functional.conv1d if weight.ndim == 3 else functional.conv2d
    return conv(x, weight, bias, self.stride, self.padding, self.dilation, self.groups)


def _bias_after(self: Any, x: Tensor) -> Tensor:
    y = _convolved(self, x, self.weight, None)
    if self.bias is None:
        return y
    return y + self.bias.view(-1, *[1] * (self.weight.ndim - 2))


def _outputs_apart(self: Any, x: Tensor) -> Tensor:
    half = len(self.weight) // 2
    if half == 0 or self.groups > 1:
        return _convolved(self, x, self.weight, self.bias)
    cuts = (slice(None, half), slice(half, None))
    bias = [None if self.bias is None else self.bias[cut] for cut in cuts]
    made = [_convolved(self, x, self.weight[c], b) for c, b in zip(cuts, bias, strict=True)]
    return torch.cat(made, dim=-self.weight.ndim + 1)


def _line(self: Any, x: Tensor) -> Tensor:
    """Convolve an image of one row."""
    return functional.conv2d(
        x.unsqueeze(-2), self.weight.unsqueeze(-2), self.bias, (1, *self.stride),
        (0, *self.padding), (1, *self.dilation), self.groups,
    ).squeeze(-2)  # fmt: skip


def _dense_groups(self: Any, x: Tensor) -> Tensor:
    """Convolve all channels with a kernel that is zero between groups."""
    each = len(self.weight) // self.groups
    enter = self.weight.shape[1]
    whole = self.weight.new_zeros(len(self.weight), enter * self.groups, *self.weight.shape[2:])
    for group in range(self.groups):
        rows, columns = (
            slice(group * each, (group + 1) * each),
            slice(group * enter, (group + 1) * enter),
        )
        whole[rows, columns] = self.weight[rows]
    conv = functional.conv1d if whole.ndim == 3 else functional.conv2d
    return conv(x, whole, self.bias, self.stride, self.padding, self.dilation)


BIAS_AFTER = _as(
    "conv.bias-after", "the bias is added by a call of its own",
    both(zeros_around, lambda p: p.module.bias is not None), _bias_after,
)  # fmt: skip
OUTPUTS_APART = _as(
    "conv.outputs-apart", "half the outputs at a time", zeros_around, _outputs_apart
)
LINE = _as("conv.line-as-image", "an image of one row", both(zeros_around, kinds(nn.Conv1d)), _line)
DENSE = _as(
    "conv.groups-as-zeros", "one dense kernel with zeros between groups",
    both(zeros_around, lambda p: p.module.groups > 1), _dense_groups,
)  # fmt: skip


def plain_transposed(place: Place) -> bool:
    """Fit transposed convolutions of images without extra rows."""
    part = place.module
    return kinds(nn.ConvTranspose2d)(place) and not any(part.output_padding)


@rewrite("conv-transpose.as-gradient", "the gradient of the convolution", plain_transposed)
def as_gradient(part: nn.Module, _: Place) -> None:
    """What a transposed convolution is by definition."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        sizes = zip(
            x.shape[2:], self.stride, self.padding, self.dilation, self.kernel_size, strict=True
        )
        sides = [(n - 1) * s - 2 * p + d * (k - 1) + 1 for n, s, p, d, k in sizes]
        shape = (len(x), self.out_channels, *sides)
        y = conv2d_input(
            shape, self.weight, x, self.stride, self.padding, self.dilation, self.groups
        )
        return y if self.bias is None else y + self.bias.view(-1, 1, 1)

    retold(part, change)


def _addcmul(self: Any, x: Tensor) -> Tensor:
    y = functional.layer_norm(x, self.normalized_shape, None, None, self.eps)
    return torch.addcmul(self.bias, y, self.weight)


def _by_length(self: Any, x: Tensor) -> Tensor:
    apart = x - x.mean(-1, keepdim=True)
    n = x.shape[-1]
    return (
        apart
        * n**0.5
        / torch.sqrt(apart.square().sum(-1, keepdim=True) + n * self.eps)
        * self.weight
        + self.bias
    )


ADDCMUL = _as("layernorm.addcmul", "gain and shift in one call after", plain_layernorm, _addcmul)
BY_LENGTH = _as(
    "layernorm.by-length", "the length of what is centred, times the root of the width",
    plain_layernorm, _by_length,
)  # fmt: skip


@rewrite("rmsnorm.by-length", "the length for the root mean square", kinds(nn.RMSNorm))
def rms_by_length(part: nn.Module, _: Place) -> None:
    """With eps times the width."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        n = x.shape[-1]
        eps = torch.finfo(x.dtype).eps if self.eps is None else self.eps
        y = x * n**0.5 / torch.sqrt(x.square().sum(-1, keepdim=True) + n * eps)
        return y if self.weight is None else y * self.weight

    retold(part, change)


@rewrite(
    "groupnorm.group-by-group", "a layer norm of each group, put together", kinds(nn.GroupNorm)
)
def group_by_group(part: nn.Module, _: Place) -> None:
    """Each group alone."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        groups = [
            functional.layer_norm(one, one.shape[1:], eps=self.eps)
            for one in x.chunk(self.num_groups, dim=1)
        ]
        shape = (1, -1, *[1] * (x.ndim - 2))
        y = torch.cat(groups, dim=1)
        return y if self.weight is None else y * self.weight.view(shape) + self.bias.view(shape)

    retold(part, change)


@rewrite("batchnorm.einsum", "a diagonal matrix times the channels", plain_batchnorm)
def diagonal(part: nn.Module, _: Place) -> None:
    """The scale as a matrix."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        scale = self.weight / (self.running_var + self.eps).sqrt()
        shift = self.bias - self.running_mean * scale
        y = torch.einsum("bc...,dc->bd...", x, torch.diag(scale))
        return y + shift.view(-1, *[1] * (x.ndim - 2))

    retold(part, change)


def square_window(place: Place) -> bool:
    """Fit windows of images with one size for both sides."""
    part = place.module
    if not isinstance(part, nn.MaxPool2d) or not place.called:
        return False
    return not part.ceil_mode and part.dilation == 1 and isinstance(part.kernel_size, int)


@rewrite("pool.rows-then-columns", "the maximum of rows, then of columns", square_window)
def rows_then_columns(part: nn.Module, _: Place) -> None:
    """A window is a row of columns."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        k, s, p = self.kernel_size, self.stride, self.padding
        across = functional.max_pool2d(x, (1, k), (1, s), (0, p))
        return functional.max_pool2d(across, (k, 1), (s, 1), (p, 0))

    retold(part, change)


@rewrite("mean.axis-by-axis", "one axis after the other", calling("mean"))
def axis_by_axis(part: nn.Module, _: Place) -> None:
    """The mean of means of equal counts."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        dim = kwargs.get("dim", args[0] if args else None)
        keep = kwargs.get("keepdim", args[1] if len(args) > 1 else False)
        if not isinstance(dim, tuple | list) or len(dim) < 2:
            return func(x, *args, **kwargs)
        for axis in sorted((d % x.ndim for d in dim), reverse=True):
            x = torch.mean(x, axis, keepdim=keep)
        return x

    recalled(part, ("mean",), change, None)


MAXIMUM = _curve(
    "relu.maximum", "the larger of x and zero", ("relu", "relu_"),
    lambda x, **_: torch.maximum(x, torch.zeros((), dtype=x.dtype)),
)  # fmt: skip
SILU_TANH = _curve(
    "silu.by-tanh", "half of x, and half of x times a tanh", ("silu",),
    lambda x, **_: 0.5 * x + 0.5 * x * torch.tanh(0.5 * x),
)  # fmt: skip
LEAKY = _curve(
    "leaky-relu.two-sides", "the positive side less a share of the negative", ("leaky_relu",),
    lambda x, slope=0.01, *_, **k: torch.relu(x) - k.get("negative_slope", slope) * torch.relu(-x),
)  # fmt: skip


@rewrite("embedding.bags-of-one", "a bag for each id", kinds(nn.Embedding))
def bags(part: nn.Module, _: Place) -> None:
    """Summed over one."""

    def change(_plain: Any, self: Any, index: Tensor) -> Tensor:
        flat = index.reshape(-1, 1)
        found = functional.embedding_bag(flat, self.weight, mode="sum")
        scale = getattr(self, "embed_scale", None)
        found = found if scale is None else found * scale
        return found.view(*index.shape, -1)

    retold(part, change)


@rewrite("linear.halved-input", "half of x times twice the matrix", kinds(nn.Linear))
def halved_input(part: nn.Module, _: Place) -> None:
    """Powers of two cost no bit."""
    retold(part, lambda _p, self, x: functional.linear(x * 0.5, self.weight * 2, self.bias))


@rewrite("linear.double", "computed in float64, and cast back", kinds(nn.Linear))
def double(part: nn.Module, _: Place) -> None:
    """More bits than theirs."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        bias = None if self.bias is None else self.bias.double()
        return functional.linear(x.double(), self.weight.double(), bias).to(x.dtype)

    retold(part, change)
