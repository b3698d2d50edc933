"""Know what torch's own layers compute, and what a layer that goes wrong computes instead.

The reference's class name says which layer theirs is. Each layer has its right function first and
then the usual wrong ones: what reproduces *ours* among them says what ours does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from scaffold.parity.causes.families.activations import gelu_tanh, quick_gelu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    State = Mapping[str, Tensor]
    Layer = Callable[[Tensor, State], Tensor]

TF32_BITS = 13
"""Bits of a float32 mantissa that TF32 does not keep."""


@dataclass(frozen=True, slots=True)
class Known:
    """One function of an input and of the tensors of a part."""

    words: str
    layer: Layer
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """What a layer is, in the settings that it may have, and what it is taken for."""

    right: tuple[Known, ...]
    wrong: tuple[Known, ...]
    rows: tuple[str, ...]
    """What is said of ours when it is none of the wrong ones; empty where that may be anything."""


def family_of(kind: str, made: tuple[int, ...], groups: int | None) -> Family | None:
    """Return what is known of a class of torch, None where nothing is.

    Args:
        kind: Its name.
        made: The shape of what theirs gives.
        groups: How many groups ours normalises in.
    """
    name = kind.lower()
    if "norm" in name:
        return _norm(name, groups)
    if kind in _CURVES:
        forms = _GELUS if kind == "GELU" else (_CURVES[kind],)
        rows = ("D49", "D50") if "gelu" in name else ("D50",)
        return Family(tuple(Known(kind, _plain(form)) for form in forms), (), rows)
    if kind in ("Dropout", "Identity", "DropPath"):
        rows = ("D59", "D66") if kind == "Identity" else ("D65", "D134")
        return Family((Known("its input as it is", lambda x, _: x * 1.0),), (), rows)
    if kind == "AdaptiveAvgPool2d":
        return _pool(made)
    if kind in ("MaxPool2d", "AvgPool2d"):
        return _window(kind)
    return _PRODUCTS.get(kind)


def _norm(name: str, groups: int | None) -> Family | None:
    if "batch" in name:
        return _batch()
    if "group" in name:
        return None if groups is None else _grouped(groups)
    if "rms" in name or name == "t5layernorm":
        right = tuple(Known(f"eps={eps:g}", _rms(eps)) for eps in _EPS)
        wrong = [Known(f"normalised over axis {a}", _rms(e, a), ("D58",)) for a, e in _other_axes()]
        return Family(right, tuple(wrong), ())
    if name != "layernorm":
        return None
    right = tuple(Known(f"eps={eps:g}", _layer(eps)) for eps in _EPS)
    wrong = [Known(f"normalised over axis {a}", _layer(e, a), ("D58",)) for a, e in _other_axes()]
    for eps in _EPS:
        wrong += [
            Known("mean absolute deviation", _layer(eps, spread=_absolute), ("D70",)),
            Known("the variance is at least eps", _layer(eps, spread=_floor), ("D47", "D107")),
        ]
    return Family(right, tuple(wrong), ())


_EPS = (1e-5, 1e-6, 1e-12, 1e-8, 1e-3)


def _other_axes() -> Iterator[tuple[int | tuple[int, ...], float]]:
    yield from ((axis, eps) for eps in _EPS for axis in (-2, 1, 0, (-2, -1)))


def _rms(eps: float, axis: int | tuple[int, ...] = -1) -> Layer:
    def layer(x: Tensor, state: State) -> Tensor:
        y = x * torch.rsqrt(x.square().mean(axis, keepdim=True) + eps)
        return _affine(y, state)

    return layer


def _layer(
    eps: float,
    axis: int | tuple[int, ...] = -1,
    spread: Callable[[Tensor, int | tuple[int, ...], float], Tensor] | None = None,
) -> Layer:
    def layer(x: Tensor, state: State) -> Tensor:
        apart = x - x.mean(axis, keepdim=True)
        if spread is not None:
            return _affine(apart / spread(apart, axis, eps), state)
        return _affine(apart / (apart.square().mean(axis, keepdim=True) + eps).sqrt(), state)

    return layer


def _absolute(apart: Tensor, axis: int | tuple[int, ...], eps: float) -> Tensor:
    return apart.abs().mean(axis, keepdim=True) + eps


def _floor(apart: Tensor, axis: int | tuple[int, ...], eps: float) -> Tensor:
    return apart.square().mean(axis, keepdim=True).clamp(min=eps).sqrt()


def _affine(y: Tensor, state: State, axis: int = -1) -> Tensor:
    shape = [1] * y.ndim
    shape[axis] = -1
    weight, bias = state.get("weight"), state.get("bias")
    y = y if weight is None else y * weight.reshape(shape)
    return y if bias is None else y + bias.reshape(shape)


def _batch() -> Family:
    def layer(eps: float, share: float = 0.0, correction: int = 0, *, each: bool = False) -> Layer:
        def normal(x: Tensor, state: State) -> Tensor:
            if each:
                y = functional.instance_norm(x, eps=eps)
                return _affine(y, state, axis=1)
            axes = [axis for axis in range(x.ndim) if axis != 1]
            mean, var = state["running_mean"], state["running_var"]
            mean = (1 - share) * mean + share * x.mean(axes)
            var = (1 - share) * var + share * x.var(axes, correction=correction)
            shape = [1, -1, *[1] * (x.ndim - 2)]
            y = (x - mean.reshape(shape)) / (var.reshape(shape) + eps).sqrt()
            return _affine(y, state, axis=1)

        return normal

    eps = (1e-5, 1e-3)
    right = tuple(Known(f"the running statistics, eps={e:g}", layer(e)) for e in eps)
    wrong = (
        *(Known("statistics of each sample", layer(e, 1.0, each=True), ("D139", "D151"))
          for e in eps),
        *_mixtures(layer, eps),
    )  # fmt: skip
    return Family(right, wrong, ())


def _mixtures(layer: Callable[..., Layer], eps: tuple[float, ...]) -> tuple[Known, ...]:
    return tuple(
        Known(
            f"{share:.0%} of the batch's statistics",
            layer(e, share, c),
            ("D139", "D151") if share == 1.0 else ("D128", "D139"),
        )
        for e in eps
        for c in (0, 1)
        for share in (1.0, 0.1, 0.9, 0.01, 0.5)
    )


def _grouped(groups: int) -> Family:
    def layer(eps: float, *, dealt: bool = False) -> Layer:
        def normal(x: Tensor, state: State) -> Tensor:
            turned = _dealt(x, -1, groups) if dealt else x
            y = functional.group_norm(turned, groups, eps=eps)
            return _affine(_dealt(y, groups, -1) if dealt else y, state, axis=1)

        return normal

    right = tuple(Known(f"{groups} groups, eps={e:g}", layer(e)) for e in _EPS)
    wrong = tuple(Known("channels dealt to groups", layer(e, dealt=True), ("D76",)) for e in _EPS)
    return Family(right, wrong, ())


def _dealt(x: Tensor, outer: int, inner: int) -> Tensor:
    shape = (x.shape[0], outer, inner, *x.shape[2:])
    return x.reshape(shape).transpose(1, 2).reshape(x.shape)


def _pool(made: tuple[int, ...]) -> Family | None:
    if len(made) < 3:  # noqa: PLR2004 - height and width
        return None
    size = (made[-2], made[-1])

    def mean(x: Tensor, _: State) -> Tensor:
        return functional.adaptive_avg_pool2d(x, size)

    wrong = (
        Known("the root of the mean of squares", lambda x, s: mean(x.square(), s).sqrt(), ("D63",)),
        Known("the mean without the border", lambda x, s: mean(x[..., 1:-1, 1:-1], s),
              ("D53", "D24")),
        Known("the mean without the last row and column", lambda x, s: mean(x[..., :-1, :-1], s),
              ("D53", "D24")),
    )  # fmt: skip
    return Family((Known(f"the mean over {size[0]} by {size[1]}", mean),), wrong, ("D63",))


def _window(kind: str) -> Family:
    pool = functional.max_pool2d if kind == "MaxPool2d" else functional.avg_pool2d

    def layer(size: int, stride: int, padding: int) -> Layer:
        return lambda x, _: pool(x, size, stride, padding)

    right = tuple(
        Known(f"a window of {size}, stride {stride}, padding {padding}",
              layer(size, stride, padding))
        for size, stride, padding in ((3, 2, 1), (2, 2, 0), (3, 2, 0), (3, 1, 1), (2, 1, 0))
    )  # fmt: skip
    return Family(right, (), ("D69", "D51", "D54"))


def _plain(curve: Callable[[Tensor], Tensor]) -> Layer:
    return lambda x, _: curve(x)


_CURVES: dict[str, Callable[[Tensor], Tensor]] = {
    "ReLU": torch.relu,
    "ReLU6": functional.relu6,
    "GELU": functional.gelu,
    "GELUActivation": functional.gelu,
    "GELUTanh": gelu_tanh,
    "NewGELUActivation": gelu_tanh,
    "QuickGELUActivation": quick_gelu,
    "SiLU": functional.silu,
    "SiLUActivation": functional.silu,
    "Tanh": torch.tanh,
    "Sigmoid": torch.sigmoid,
    "Hardswish": functional.hardswish,
    "Hardsigmoid": functional.hardsigmoid,
    "ELU": functional.elu,
    "Mish": functional.mish,
    "Softplus": functional.softplus,
}


_GELUS = (functional.gelu, gelu_tanh)


def _tf32(x: Tensor) -> Tensor:
    if x.dtype not in (torch.float32, torch.float64):
        return x
    bits = x.float().contiguous().view(torch.int32)
    half = 1 << (TF32_BITS - 1)
    return ((bits + half) & -(1 << TF32_BITS)).view(torch.float32).to(x.dtype)


def _rounded_to(dtype: torch.dtype) -> Callable[[Tensor], Tensor]:
    return lambda x: x.to(dtype).to(x.dtype)


_COARSER = (
    ("TF32", _tf32, ("D05",)),
    ("bfloat16", _rounded_to(torch.bfloat16), ("D99", "D100")),
    ("float16", _rounded_to(torch.float16), ("D99", "D100")),
)


def _linear(x: Tensor, state: State) -> Tensor:
    return functional.linear(x, state["weight"], state.get("bias"))


_PRODUCTS = {
    "Linear": Family(
        (Known("a linear layer", _linear),),
        tuple(
            Known(
                f"a product in {words}",
                lambda x, s, r=rounded: _linear(r(x), {**s, "weight": r(s["weight"])}),  # type: ignore[misc]
                rows,
            )
            for words, rounded, rows in _COARSER
        ),
        (),
    )
}

__all__ = ["Family", "Known", "family_of"]
