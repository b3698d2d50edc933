"""Multiply by a matrix in other words."""

from __future__ import annotations

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
EMBEDDING = kinds(nn.Embedding)


def _as(id: str, does: str, rule: Callable[[Any, Tensor], Tensor]) -> Rewrite:
    def change(part: nn.Module, _: Place) -> None:
        retold(part, lambda _plain, self, x: rule(self, x))

    return rewrite(id, does, LINEAR)(change)


def _plus_bias(self: Any, y: Tensor) -> Tensor:
    return y if self.bias is None else y + self.bias


def _addmm(self: Any, x: Tensor) -> Tensor:
    flat = x.reshape(-1, x.shape[-1])
    y = (
        flat @ self.weight.t()
        if self.bias is None
        else torch.addmm(self.bias, flat, self.weight.t())
    )
    return y.view(*x.shape[:-1], -1)


def _convolved(self: Any, x: Tensor) -> Tensor:
    flat = x.reshape(-1, x.shape[-1], 1)
    return functional.conv1d(flat, self.weight[:, :, None], self.bias).view(*x.shape[:-1], -1)


def _halves(self: Any, x: Tensor) -> Tensor:
    cut = self.weight.shape[1] // 2
    y = x[..., :cut] @ self.weight[:, :cut].mT + x[..., cut:] @ self.weight[:, cut:].mT
    return _plus_bias(self, y)


def _rows(self: Any, x: Tensor) -> Tensor:
    y = torch.cat([x @ part.mT for part in self.weight.split(5)], dim=-1)
    return _plus_bias(self, y)


def _einsum(self: Any, x: Tensor) -> Tensor:
    return _plus_bias(self, torch.einsum("...i,oi->...o", x, self.weight))


def _matmul(self: Any, x: Tensor) -> Tensor:
    return _plus_bias(self, torch.matmul(x, self.weight.t()))


ADDMM = _as("linear.addmm", "one addmm over flattened rows", _addmm)
MATMUL = _as("linear.matmul", "a product, then the bias", _matmul)
EINSUM = _as("linear.einsum", "einsum, then the bias", _einsum)
CONVOLVED = _as("linear.conv", "a convolution of width one", _convolved)
HALVES = _as("linear.halves", "two halves of the inputs, added", _halves)
ROWS = _as("linear.blocks", "blocks of outputs, put together", _rows)


@rewrite("embedding.one-hot", "a product with one-hot rows", EMBEDDING)
def one_hot(part: nn.Module, _: Place) -> None:
    """Select by multiplying."""

    def change(_plain: Any, self: Any, index: Tensor) -> Tensor:
        rows = functional.one_hot(index, self.num_embeddings).to(self.weight.dtype)
        return rows @ self.weight

    retold(part, change)


@rewrite("embedding.index-select", "index_select over flattened ids", EMBEDDING)
def index_select(part: nn.Module, _: Place) -> None:
    """Select by index."""
    retold(
        part,
        lambda _plain, self, index: self.weight.index_select(0, index.reshape(-1)).view(
            *index.shape, -1
        ),
    )


@rewrite(
    "matmul.einsum",
    "einsum for each product of batches",
    both(calling("matmul"), calling("softmax")),
)
def einsum(part: nn.Module, _: Place) -> None:
    """...ij,...jk->...ik."""
    recalled(
        part,
        ("matmul", "__matmul__"),
        lambda _f, a, b: torch.einsum("...ij,...jk->...ik", a, b),
        None,
    )


@rewrite(
    "matmul.baddbmm",
    "baddbmm for each product of batches",
    both(calling("matmul"), calling("softmax")),
)
def baddbmm(part: nn.Module, _: Place) -> None:
    """Batches flattened, a zero added."""

    def change(_func: Any, a: Tensor, b: Tensor) -> Tensor:
        lead = torch.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        one = a.expand(*lead, *a.shape[-2:]).reshape(-1, *a.shape[-2:])
        two = b.expand(*lead, *b.shape[-2:]).reshape(-1, *b.shape[-2:])
        zero = one.new_zeros(1)
        return torch.baddbmm(zero, one, two, beta=0).view(*lead, a.shape[-2], b.shape[-1])

    recalled(part, ("matmul", "__matmul__"), change, None)
