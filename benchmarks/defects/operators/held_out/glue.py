"""Connect parts wrongly: blocks left out or run twice, samples mixed, parts cut otherwise."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, defect, parents
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

ADDS = ("add", "add_", "__add__", "__iadd__")
SHORTCUT = both(parents, calling(*ADDS), lambda place: not place.calls_any("softmax"))


def _sum(part: nn.Module, change: Callable[[Tensor, Tensor], Tensor]) -> None:
    def added(func: Any, a: Any, b: Any, **kwargs: Any) -> Any:
        alike = isinstance(a, Tensor) and isinstance(b, Tensor) and a.shape == b.shape
        return change(a, b) if alike and a.is_floating_point() else func(a, b, **kwargs)

    recalled(part, ADDS, added)


@defect("shortcut.doubled", "D60", "the shortcut is added twice", SHORTCUT)
def doubled(part: nn.Module, _: Place) -> None:
    """Give x + x + f(x)."""
    _sum(part, lambda a, b: a + a + b)


@defect("shortcut.other-sample", "D72", "the shortcut is another sample's", SHORTCUT)
def other_sample(part: nn.Module, _: Place) -> None:
    """A view that mixes the batch."""
    _sum(part, lambda a, b: a.roll(1, 0) + b)


@defect("shortcut.multiplied", "D60", "the branch is multiplied for added", SHORTCUT)
def multiplied(part: nn.Module, _: Place) -> None:
    """Give x * (1 + f(x)) for x + f(x)."""
    _sum(part, lambda a, b: a + a * b)


def _block(place: Place) -> bool:
    """Fit a numbered part with parts inside that keeps the shape of its input."""
    numbered = place.path.rpartition(".")[2].isdigit()
    return numbered and parents(place) and bool(place.given) and place.given[0] == place.made


def _with_parent(place: Place) -> tuple[str, ...]:
    return (place.path, place.path.rpartition(".")[0])


@defect("block.left-out", "D68 D70", "a block is built and never run", _block, names=_with_parent)
def left_out(part: nn.Module, _: Place) -> None:
    """Its input goes on."""
    retold(part, lambda _plain, _self, x, *_a, **_k: x * 1.0)


@defect("block.repeated", "D66 D70", "a block is run twice", _block, names=_with_parent)
def repeated(part: nn.Module, _: Place) -> None:
    """On its own output."""

    def change(plain: Callable[..., Any], _self: nn.Module, x: Tensor, *a: Any, **k: Any) -> Any:
        once = plain(x, *a, **k)
        return plain(once, *a, **k) if isinstance(once, Tensor) else plain(once[0], *a, **k)

    retold(part, change)


def _neighbours(place: Place) -> tuple[str, str] | None:
    """Name two children of a Sequential that follow each other, one norm and one activation."""
    if not isinstance(place.module, nn.Sequential) or not place.called:
        return None
    children = list(place.module.named_children())
    for (one, first), (two, second) in pairwise(children):
        norm = "Norm" in type(first).__name__
        curve = type(second).__name__ in {"ReLU", "GELU", "SiLU", "LeakyReLU", "ELU", "Hardswish"}
        if norm and curve:
            return one, two
    return None


def _neighbour_names(place: Place) -> tuple[str, ...]:
    inside = [f"{place.path}.{name}" if place.path else name for name in _neighbours(place) or ()]
    return (place.path, *inside)


@defect(
    "order.curve-before-norm",
    "D64 D59",
    "an activation and the norm before it change places in a Sequential",
    lambda place: _neighbours(place) is not None,
    names=_neighbour_names,
)
def curve_before_norm(part: nn.Module, place: Place) -> None:
    """The names stay, the calls change places."""
    one, two = _neighbours(place) or ("", "")

    def forward(_plain: Any, self: nn.Module, x: Tensor) -> Tensor:
        order = [name for name, _ in self.named_children()]
        first, second = order.index(one), order.index(two)
        order[first], order[second] = order[second], order[first]
        for name in order:
            x = self._modules[name](x)  # type: ignore[misc]
        return x

    retold(part, forward)


@defect(
    "parts.interleaved",
    "D57",
    "every second channel for a half",
    calling("chunk", "split"),
    cause="parts.order",
)
def interleaved(part: nn.Module, _: Place) -> None:
    """0, 2, 4 and 1, 3, 5 for 0, 1, 2 and 3, 4, 5."""

    def change(func: Any, x: Tensor, size: Any, *args: Any, **kwargs: Any) -> Any:
        parts = func(x, size, *args, **kwargs)
        axis = kwargs.get("dim", args[0] if args else 0)
        count = len(parts)
        if len({part.shape for part in parts}) != 1:
            return parts
        places = [torch.arange(n, x.shape[axis], count) for n in range(count)]
        return tuple(x.index_select(axis, place) for place in places)

    recalled(part, ("chunk", "split"), change)


@defect(
    "tokens.columns-first",
    "D52 D82",
    "places run down before they run across",
    both(calling("flatten"), lambda p: any(len(shape) == 4 for shape in p.given)),
)
def columns_first(part: nn.Module, _: Place) -> None:
    """A map that is transposed before it is flattened."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        spatial = x.ndim == 4 and x.shape[-1] > 1
        return func(x.transpose(-1, -2), *args, **kwargs) if spatial else func(x, *args, **kwargs)

    recalled(part, ("flatten",), change)


def _dropout(place: Place) -> bool:
    return isinstance(place.module, nn.Dropout) and place.called > 0


@defect(
    "dropout.kept-share", "D134", "values are scaled by the share that is kept, in eval", _dropout
)
def kept_share(part: nn.Module, _: Place) -> None:
    """Not inverted, as in the first paper."""
    retold(part, lambda plain, _self, x: plain(x) * 0.9)


def _classifies(place: Place) -> bool:
    return place.path == "" and len(place.made) == 2


@defect("head.probabilities", "D85", "probabilities for logits", _classifies)
def probabilities(part: nn.Module, _: Place) -> None:
    """A softmax that the loss has already."""
    retold(part, lambda plain, _self, *a, **k: plain(*a, **k).softmax(-1))
