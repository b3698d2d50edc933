"""Multiply, convolve and look up in other words."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import both, calling, kinds
from benchmarks.defects.rewrites.rewrite import Rewrite, rewrite
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

LINEAR = kinds(nn.Linear)


def plain_conv(place: Place) -> bool:
    """Fit convolutions of images in one group, with zeros around."""
    part = place.module
    return (
        type(part) is nn.Conv2d
        and place.called > 0
        and part.groups == 1
        and part.padding_mode == "zeros"
        and isinstance(part.padding, tuple)
    )


def dense(place: Place) -> bool:
    """Fit kernels without holes."""
    return place.module.dilation == (1, 1)


def _as(
    id: str, does: str, fits: Callable[[Place], bool], rule: Callable[[Any, Tensor], Tensor]
) -> Rewrite:
    def change(part: nn.Module, _: Place) -> None:
        retold(part, lambda _plain, self, x: rule(self, x))

    return rewrite(id, does, fits)(change)


def _column(self: Any, x: Tensor) -> Tensor:
    if self.bias is None:
        return x @ self.weight.t()
    ones = torch.ones_like(x[..., :1])
    return torch.cat((x, ones), -1) @ torch.cat((self.weight, self.bias[:, None]), 1).t()


def _sideways(self: Any, x: Tensor) -> Tensor:
    y = (self.weight @ x.reshape(-1, x.shape[-1]).t()).t().reshape(*x.shape[:-1], -1)
    return y if self.bias is None else y + self.bias


def _summed(self: Any, x: Tensor) -> Tensor:
    y = (x.unsqueeze(-2) * self.weight).sum(-1)
    return y if self.bias is None else y + self.bias


def _rowwise(self: Any, x: Tensor) -> Tensor:
    rows = x.reshape(-1, x.shape[-1]).unbind(0)
    y = torch.stack([torch.mv(self.weight, row) for row in rows]).view(*x.shape[:-1], -1)
    return y if self.bias is None else y + self.bias


COLUMN = _as(
    "linear.bias-column", "the bias is one more column, for an input of ones", LINEAR, _column
)
SIDEWAYS = _as("linear.sideways", "the matrix times columns of rows", LINEAR, _sideways)
SUMMED = _as("linear.summed", "products in one large tensor, summed", LINEAR, _summed)
ROWWISE = _as("linear.row-by-row", "a matrix times a vector for each row", LINEAR, _rowwise)


def _taps(self: Any, x: Tensor) -> Tensor:
    """Sum the taps of a kernel, each a product over channels of a moved map."""
    high, wide = self.padding
    x = functional.pad(x, (wide, wide, high, high))
    (rows, columns), (down, right), (step, stride) = self.kernel_size, self.dilation, self.stride
    tall = (x.shape[2] - down * (rows - 1) - 1) // step + 1
    broad = (x.shape[3] - right * (columns - 1) - 1) // stride + 1
    total = None
    for i, j in itertools.product(range(rows), range(columns)):
        top, left = i * down, j * right
        seen = x[:, :, top : top + step * tall : step, left : left + stride * broad : stride]
        seen = seen[:, :, :tall, :broad]
        part = torch.einsum("bihw,oi->bohw", seen, self.weight[:, :, i, j])
        total = part if total is None else total + part
    return total if self.bias is None else total + self.bias[:, None, None]  # type: ignore[return-value,operator]


def _waves(self: Any, x: Tensor) -> Tensor:
    """Multiply spectra."""
    high, wide = self.padding
    x = functional.pad(x, (wide, wide, high, high))
    size = x.shape[-2:]
    rows, columns = self.kernel_size
    spectrum = torch.fft.rfft2(x)
    kernel = torch.fft.rfft2(self.weight, s=size)
    y = torch.fft.irfft2(torch.einsum("bihw,oihw->bohw", spectrum, kernel.conj()), s=size)
    y = y[..., : size[0] - rows + 1 : self.stride[0], : size[1] - columns + 1 : self.stride[1]]
    return y if self.bias is None else y + self.bias[:, None, None]


def _turned(self: Any, x: Tensor) -> Tensor:
    """Convolve the map that lies on its side."""
    y = functional.conv2d(
        x.transpose(-1, -2), self.weight.transpose(-1, -2), self.bias,
        self.stride[::-1], self.padding[::-1], self.dilation[::-1],
    )  # fmt: skip
    return y.transpose(-1, -2)


def _deep(self: Any, x: Tensor) -> Tensor:
    """Convolve a volume of depth one."""
    return functional.conv3d(
        x.unsqueeze(2), self.weight.unsqueeze(2), self.bias,
        (1, *self.stride), (0, *self.padding), (1, *self.dilation),
    ).squeeze(2)  # fmt: skip


TAPS = _as("conv.taps", "one product per tap of the kernel, added", plain_conv, _taps)
WAVES = _as("conv.spectrum", "a product of spectra", both(plain_conv, dense), _waves)
TURNED = _as("conv.on-its-side", "map and kernel lie on their sides", plain_conv, _turned)
DEEP = _as("conv.volume", "a volume of depth one", plain_conv, _deep)


@rewrite("embedding.gathered", "gathered along rows", kinds(nn.Embedding))
def gathered(part: nn.Module, _: Place) -> None:
    """Gather for a look-up."""

    def change(_plain: Any, self: Any, index: Tensor) -> Tensor:
        flat = index.reshape(-1, 1).expand(-1, self.weight.shape[1])
        return self.weight.gather(0, flat).view(*index.shape, -1)

    retold(part, change)


@rewrite("weight.gain-and-direction", "each row is its norm times its direction", LINEAR)
def gain_and_direction(part: nn.Module, _: Place) -> None:
    """weight_norm, made from the weight at each call."""

    def change(_plain: Any, self: Any, x: Tensor) -> Tensor:
        gain = self.weight.norm(dim=1, keepdim=True)
        return functional.linear(x, self.weight / gain * gain, self.bias)

    retold(part, change)


@rewrite(
    "matmul.one-by-one",
    "a loop over the batch",
    both(calling("matmul", "__matmul__"), calling("softmax")),
)
def one_by_one(part: nn.Module, _: Place) -> None:
    """Each product alone."""

    def change(func: Any, a: Tensor, b: Tensor) -> Tensor:
        if a.ndim != b.ndim or a.ndim < 3 or a.shape[:-2] != b.shape[:-2]:
            return func(a, b)
        pairs = zip(a.flatten(0, -3), b.flatten(0, -3), strict=True)
        made = torch.stack([torch.mm(one, two) for one, two in pairs])
        return made.view(*a.shape[:-1], b.shape[-1])

    recalled(part, ("matmul", "__matmul__"), change, None)


@rewrite("resize.matrices", "a matrix for rows and a matrix for columns", calling("interpolate"))
def matrices(part: nn.Module, _: Place) -> None:
    """Built from what resizing does to an identity."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        y = func(x, *args, **kwargs)
        if x.ndim != 4 or "bilinear" not in (*args, kwargs.get("mode")):
            return y
        corners = kwargs.get("align_corners")
        rows = _lines(x.shape[-2], y.shape[-2], corners, x)
        columns = _lines(x.shape[-1], y.shape[-1], corners, x)
        return rows @ x @ columns.t()

    recalled(part, ("interpolate",), change, None)


def _lines(old: int, new: int, corners: bool | None, like: Tensor) -> Tensor:
    identity = torch.eye(old, dtype=like.dtype)[None]
    made = functional.interpolate(identity, size=new, mode="linear", align_corners=corners)
    return made[0].t()
