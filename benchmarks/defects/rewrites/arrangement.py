"""Arrange the same parts otherwise: names, nesting, memory, checkpoints, threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from benchmarks.defects.operators.defect import both, calling, kinds, parents
from benchmarks.defects.rewrites.rewrite import Links, renamed, rewrite
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from benchmarks.defects.anatomy import Place


def whole(place: Place) -> bool:
    """Fit the model itself."""
    return place.path == ""


def inner(place: Place) -> bool:
    """Fit called parts with parts inside, except the model itself."""
    return bool(place.path) and parents(place) and len(place.given) == 1


def leaf(place: Place) -> bool:
    """Fit called parts without parts inside that have weights and take one tensor."""
    part = place.module
    own = next(part.parameters(recurse=False), None) is not None
    return (
        own and next(part.children(), None) is None and place.called > 0 and len(place.given) == 1
    )


class Inside(nn.Module):
    """A model in a model."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.inner = model

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Run what is inside."""
        return self.inner(*args, **kwargs)


@rewrite(
    "arrange.wrapped",
    "the model stands inside another",
    whole,
    move=lambda links, _: renamed(links, lambda path: f"inner.{path}" if path else "inner"),
)
def wrapped(part: nn.Module, _: Place) -> nn.Module:
    """Every name gets a prefix."""
    return Inside(part)


def _nested(links: Links, place: Place) -> Links:
    def change(path: str) -> str:
        return f"{path}.inner" if path == place.path else path

    return renamed(links, change)


@rewrite(
    "arrange.leaves-nested",
    "every layer with weights stands inside a module of its own",
    both(
        leaf,
        kinds(nn.Linear, nn.Conv2d, nn.LayerNorm, nn.BatchNorm2d, nn.GroupNorm),
        lambda place: "." in place.path and place.path.rpartition(".")[2].isdigit(),
    ),
    move=_nested,
)
def leaves_nested(part: nn.Module, _: Place) -> nn.Module:
    """Numbered layers only, since others may be asked for their weights."""
    return Inside(part)


def _has_child(place: Place) -> bool:
    first = next(iter(place.module.named_children()), None)
    if isinstance(place.module, nn.ModuleDict | nn.ModuleList | nn.Sequential):
        return False  # the order of the children is part of what these do
    return first is not None and not first[0].isdigit() and bool(place.path) and place.called > 0


def _rename_move(links: Links, place: Place) -> Links:
    name = next(iter(place.module.named_children()))[0]
    old = f"{place.path}.{name}"

    def change(path: str) -> str:
        if path == old or path.startswith(f"{old}."):
            return f"{place.path}.part_{name}{path[len(old) :]}"
        return path

    return renamed(links, change)


@rewrite(
    "arrange.renamed",
    "the first part inside every part has another name",
    _has_child,
    move=_rename_move,
)
def part_renamed(part: nn.Module, _: Place) -> None:
    """The old name stays an alias that no state dict shows."""
    name, child = next(iter(part.named_children()))
    rest = [(n, m) for n, m in part.named_children() if n != name]
    for n in [name, *(n for n, _ in rest)]:
        delattr(part, n)
    part.add_module(f"part_{name}", child)
    for n, m in rest:
        part.add_module(n, m)
    object.__setattr__(part, name, child)


@rewrite("run.checkpointed", "activations are computed again in the backward pass", inner)
def checkpointed(part: nn.Module, _: Place) -> None:
    """torch.utils.checkpoint."""
    retold(part, lambda plain, _self, *a, **k: checkpoint(plain, *a, use_reentrant=False, **k))


def _threads(count: int) -> Any:
    def change(plain: Any, _self: Any, *args: Any, **kwargs: Any) -> Any:
        before = torch.get_num_threads()
        torch.set_num_threads(count)
        try:
            return plain(*args, **kwargs)
        finally:
            torch.set_num_threads(before)

    return lambda part, _place: retold(part, change)


ONE_THREAD = rewrite("run.one-thread", "one thread", whole)(_threads(1))
TWO_THREADS = rewrite("run.two-threads", "two threads", whole)(_threads(2))


@rewrite("memory.contiguous", "inputs of every layer are made contiguous", leaf)
def contiguous(part: nn.Module, _: Place) -> None:
    """A copy that changes no number."""
    retold(part, lambda plain, _self, x, *a, **k: plain(x.contiguous(), *a, **k))


@rewrite("memory.strided", "inputs of every layer lie backwards in memory", leaf)
def strided(part: nn.Module, _: Place) -> None:
    """The same shape with other strides."""

    def change(plain: Any, _self: Any, x: Tensor, *args: Any, **kwargs: Any) -> Any:
        axes = tuple(reversed(range(x.ndim)))
        return plain(x.permute(axes).contiguous().permute(axes), *args, **kwargs)

    retold(part, change)


@rewrite("sum.exchanged", "b + a for a + b", both(parents, calling("add")))
def exchanged(part: nn.Module, _: Place) -> None:
    """Addition commutes, in floating point too."""

    def change(func: Any, a: Any, b: Any, **kwargs: Any) -> Any:
        both_tensors = isinstance(a, Tensor) and isinstance(b, Tensor)
        return torch.add(b, a) if both_tensors and not kwargs else func(a, b, **kwargs)

    recalled(part, ("add", "__add__"), change, None)


@rewrite("cat.filled", "an empty tensor that is filled", both(parents, calling("cat")))
def filled(part: nn.Module, _: Place) -> None:
    """Slices for cat."""

    def change(func: Any, tensors: Any, *args: Any, **kwargs: Any) -> Tensor:
        dim = args[0] if args else kwargs.get("dim", 0)
        shape = list(func(tensors, dim).shape)
        out, start = tensors[0].new_empty(shape), 0
        for value in tensors:
            out.narrow(dim, start, value.shape[dim]).copy_(value)
            start += value.shape[dim]
        return out

    recalled(part, ("cat",), change, None)


@rewrite("flatten.reshape", "a reshape", calling("flatten"))
def reshaped(part: nn.Module, _: Place) -> None:
    """The same order."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return x.contiguous().view(func(x, *args, **kwargs).shape)

    recalled(part, ("flatten",), change, None)


@rewrite(
    "layer.functional",
    "the functional form with the layer's weights",
    kinds(nn.Linear, nn.Embedding),
)
def functional_form(part: nn.Module, _: Place) -> None:
    """F.linear and F.embedding."""

    def change(plain: Any, self: Any, x: Tensor) -> Tensor:
        if type(self).__name__ == "Linear":
            return functional.linear(x, self.weight, self.bias)
        if type(self).__name__ == "Embedding":
            return functional.embedding(x, self.weight)
        return plain(x)

    retold(part, change)


@rewrite(
    "layer.dropout-in-eval",
    "dropout that is off",
    both(leaf, lambda p: not isinstance(p.module, nn.RNNBase)),
)
def dropout(part: nn.Module, _: Place) -> None:
    """training=self.training."""

    def change(plain: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        return functional.dropout(plain(*args, **kwargs), 0.3, training=self.training)

    retold(part, change)


@rewrite("recurrent.written-out", "the cell step by step for torch's layer", kinds(nn.GRU))
def gru(part: nn.Module, _: Place) -> None:
    """Both directions."""

    def run(self: Any, x: Tensor, end: str) -> Tensor:
        w, u, b, c = (
            getattr(self, f"{n}_l0{end}") for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        size = self.hidden_size
        state, found = x.new_zeros(len(x), size), []
        for step in x.unbind(1):
            one, two = functional.linear(step, w, b), functional.linear(state, u, c)
            reset = torch.sigmoid(one[:, :size] + two[:, :size])
            update = torch.sigmoid(one[:, size : 2 * size] + two[:, size : 2 * size])
            new = torch.tanh(one[:, 2 * size :] + reset * two[:, 2 * size :])
            state = new + update * (state - new)
            found.append(state)
        return torch.stack(found, dim=1)

    def change(_plain: Any, self: Any, x: Tensor) -> Any:
        back = run(self, x.flip(1), "_reverse").flip(1)
        return torch.cat((run(self, x, ""), back), dim=-1), None

    retold(part, change)
