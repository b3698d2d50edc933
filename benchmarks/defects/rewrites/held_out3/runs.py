"""Cut, join, add and run in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, kinds, nothas, parents
from benchmarks.defects.rewrites.rewrite import rewrite
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from benchmarks.defects.anatomy import Place


@rewrite("sum.negated", "less the negative", both(parents, calling("add"), nothas("softmax")))
def negated(part: nn.Module, _: Place) -> None:
    """Subtracting the negative costs no bit."""

    def change(func: Any, a: Any, b: Any, **kwargs: Any) -> Any:
        floats = all(isinstance(x, Tensor) and x.is_floating_point() for x in (a, b))
        return torch.sub(a, torch.neg(b)) if floats and not kwargs else func(a, b, **kwargs)

    recalled(part, ("add", "__add__"), change, None)


@rewrite("cat.one-by-one", "joined two at a time", both(parents, calling("cat")))
def one_by_one(part: nn.Module, _: Place) -> None:
    """A cat of a cat."""

    def change(func: Any, tensors: Any, *args: Any, **kwargs: Any) -> Tensor:
        whole, *rest = list(tensors)
        for value in rest:
            whole = func([whole, value], *args, **kwargs)
        return whole

    recalled(part, ("cat",), change, None)


@rewrite("parts.narrowed", "each part by narrow", calling("chunk"))
def narrowed(part: nn.Module, _: Place) -> None:
    """Views of the same memory."""

    def change(func: Any, x: Tensor, count: int, *args: Any, **kwargs: Any) -> Any:
        dim = args[0] if args else kwargs.get("dim", 0)
        made, start = [], 0
        for one in func(x, count, dim):
            made.append(x.narrow(dim, start, one.shape[dim]))
            start += one.shape[dim]
        return tuple(made)

    recalled(part, ("chunk",), change, None)


@rewrite("transpose.permuted", "permute for transpose", calling("transpose"))
def permuted(part: nn.Module, _: Place) -> None:
    """The same strides."""

    def change(_func: Any, x: Tensor, one: int, two: int) -> Tensor:
        order = list(range(x.ndim))
        order[one], order[two] = order[two], order[one]
        return x.permute(order)

    recalled(part, ("transpose",), change, None)


@rewrite("dropout.removed", "no layer where dropout was", kinds(nn.Dropout))
def removed(_part: nn.Module, _: Place) -> nn.Module:
    """Off in evaluation anyway."""
    return nn.Identity()


def whole(place: Place) -> bool:
    """Fit the model itself."""
    return place.path == ""


@rewrite("run.batch-backwards", "samples in the other order, turned back", whole)
def backwards(part: nn.Module, _: Place) -> None:
    """No sample knows of another."""

    def back(found: Any) -> Any:
        return found.flip(0) if isinstance(found, Tensor) else tuple(map(back, found))

    retold(part, lambda plain, _self, *args: back(plain(*(value.flip(0) for value in args))))


@rewrite("run.batch-repeated", "each sample twice, the first half kept", whole)
def repeated(part: nn.Module, _: Place) -> None:
    """A batch that was filled up."""

    def first(found: Any) -> Any:
        if isinstance(found, Tensor):
            return found[: len(found) // 2].clone()
        return tuple(map(first, found))

    retold(part, lambda plain, _self, *args: first(plain(*(torch.cat((v, v)) for v in args))))
