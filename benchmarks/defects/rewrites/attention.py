"""Attend in other words: fused and split projections, torch's kernel and its formula."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling
from benchmarks.defects.rewrites.rewrite import Links, merged, rewrite, split
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from benchmarks.defects.anatomy import Place

KERNEL = "scaled_dot_product_attention"
LEAVES = ("weight", "bias")


@rewrite("attention.written-out", "scores, softmax and mixing for torch's kernel", calling(KERNEL))
def written_out(part: nn.Module, _: Place) -> None:
    """The formula."""

    def change(
        _f: Any, q: Tensor, k: Tensor, v: Tensor, *_: Any, is_causal: bool = False, **__: Any
    ) -> Tensor:
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if is_causal:
            ahead = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
            scores = scores.masked_fill(ahead, -math.inf)
        return scores.softmax(-1) @ v

    recalled(part, (KERNEL,), change)


@rewrite("attention.mask-given", "a mask for is_causal", calling(KERNEL))
def mask_given(part: nn.Module, _: Place) -> None:
    """A boolean triangle."""

    def change(
        f: Any, q: Tensor, k: Tensor, v: Tensor, *a: Any, is_causal: bool = False, **kw: Any
    ) -> Tensor:
        if not is_causal:
            return f(q, k, v, *a, **kw)
        return f(q, k, v, torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril(), **kw)

    recalled(part, (KERNEL,), change)


@rewrite("attention.head-by-head", "a loop over heads", calling(KERNEL))
def head_by_head(part: nn.Module, _: Place) -> None:
    """Each head alone, put together."""

    def change(f: Any, q: Tensor, k: Tensor, v: Tensor, *a: Any, **kw: Any) -> Tensor:
        heads = zip(q.unbind(1), k.unbind(1), v.unbind(1), strict=True)
        return torch.stack([f(x, y, z, *a, **kw) for x, y, z in heads], dim=1)

    recalled(part, (KERNEL,), change)


@rewrite(
    "attention.scaled-after",
    "scores in float before the softmax are multiplied for divided",
    both(calling("softmax"), calling("div", "truediv")),
)
def multiplied(part: nn.Module, _: Place) -> None:
    """X * (1 / s) for x / s."""

    def change(f: Any, x: Any, by: Any) -> Any:
        return x * (1 / by) if isinstance(by, float) else f(x, by)

    recalled(part, ("div", "truediv", "__truediv__"), change, None)


def _fused(place: Place) -> bool:
    part = getattr(place.module, "qkv", None)
    called = not place.calls_any("linear")
    return called and isinstance(part, nn.Linear) and part.out_features == 3 * part.in_features


def _split_move(links: Links, place: Place) -> Links:
    for leaf in LEAVES:
        key = f"{place.path}.qkv.{leaf}"
        moved = split(links, key, tuple(f"{place.path}.qkv.{name}.{leaf}" for name in "qkv"))
        links = moved or links
    return links


class Three(nn.Module):
    """Three projections whose results lie beside each other."""

    def __init__(self, one: nn.Linear) -> None:
        super().__init__()
        bias = one.bias is not None
        self.q = nn.Linear(one.in_features, one.out_features // 3, bias=bias)
        self.k = nn.Linear(one.in_features, one.out_features // 3, bias=bias)
        self.v = nn.Linear(one.in_features, one.out_features // 3, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Project three times."""
        return torch.cat([self.q(x), self.k(x), self.v(x)], dim=-1)


@rewrite("qkv.split", "three projections for one", _fused, move=_split_move)
def qkv_split(part: Any, _: Place) -> None:
    """The weights are cut into thirds."""
    part.qkv = Three(part.qkv)


def _apart(place: Place) -> bool:
    return any(
        all(isinstance(getattr(place.module, n, None), nn.Linear) for n in names) for names in NAMES
    )


NAMES = (("query", "key", "value"), ("q", "k", "v"))


def _names(part: nn.Module) -> tuple[str, ...]:
    return next(names for names in NAMES if all(hasattr(part, name) for name in names))


def _fuse_move(links: Links, place: Place) -> Links:
    names = _names(place.module)
    gone = {f"{place.path}.{name}" for name in names}
    parts = {theirs: ours for theirs, ours in links.parts.items() if ours not in gone}
    excused = {t: "computed by one fused projection" for t, o in links.parts.items() if o in gone}
    links = Links(parts, links.rows, {**links.excused, **excused})
    for leaf in LEAVES:
        keys = tuple(f"{place.path}.{name}.{leaf}" for name in names)
        links = merged(links, keys, f"{place.path}.{names[0]}.fused.{leaf}") or links
    return links


class Fused(nn.Module):
    """One projection that gives queries first and keeps the rest for who asks next."""

    def __init__(self, one: nn.Linear) -> None:
        super().__init__()
        self.fused = nn.Linear(one.in_features, 3 * one.out_features, bias=one.bias is not None)


@rewrite("qkv.fused", "one projection for three", _apart, move=_fuse_move)
def qkv_fused(part: Any, _: Place) -> None:
    """The weights lie beside each other; the three names give thirds of the one result."""
    first, *rest = _names(part)
    fused = Fused(getattr(part, first))
    setattr(part, first, fused)
    for name in rest:
        delattr(part, name)

    def change(plain: Any, self: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        layer = getattr(self, first).fused
        thirds = layer(x).chunk(3, dim=-1)
        kept = self._modules[first]
        del self._modules[first]
        names = zip((first, *rest), thirds, strict=True)
        self.__dict__.update({name: _Constant(third) for name, third in names})
        try:
            return plain(x, *args, **kwargs)
        finally:
            for name in (first, *rest):
                del self.__dict__[name]
            self._modules[first] = kept

    retold(part, change)


class _Constant:
    """Give what was computed before."""

    def __init__(self, value: Tensor) -> None:
        self.value = value

    def __call__(self, _x: Tensor) -> Tensor:
        return self.value
