"""Connect parts wrongly: shortcuts, order, calls that are forgotten, doubled or exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import both, calling, defect, parents
from benchmarks.defects.tamper import become, recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place
    from benchmarks.defects.operators.defect import Fits

ADDS = ("add", "add_", "__add__", "__iadd__")
SHORTCUT = both(parents, calling(*ADDS), lambda place: not place.calls_any("softmax"))
QUIET = (nn.LayerNorm, nn.RMSNorm, nn.GroupNorm, nn.modules.batchnorm._BatchNorm, nn.GELU, nn.ReLU)


def _tensors_added(a: Any, b: Any) -> bool:
    return (
        isinstance(a, Tensor)
        and isinstance(b, Tensor)
        and a.is_floating_point()
        and a.shape == b.shape
    )


def _sum(part: nn.Module, change: Callable[[Tensor, Tensor], Tensor], nth: int | None = 0) -> None:
    def added(func: Any, a: Any, b: Any, **kwargs: Any) -> Any:
        return change(a, b) if _tensors_added(a, b) else func(a, b, **kwargs)

    recalled(part, ADDS, added, nth)


@defect("shortcut.forgotten", "D60", "the shortcut is not added", SHORTCUT)
def forgotten(part: nn.Module, _: Place) -> None:
    """The branch alone goes on."""
    _sum(part, lambda _a, b: b * 1.0)


@defect("shortcut.branch-forgotten", "D60 D162", "the branch is not added", SHORTCUT)
def branch_forgotten(part: nn.Module, _: Place) -> None:
    """The shortcut alone goes on."""
    _sum(part, lambda a, _b: a * 1.0)


@defect("shortcut.scaled", "D60", "the sum is halved", SHORTCUT, cause="shortcut.scale")
def scaled(part: nn.Module, _: Place) -> None:
    """An average for a sum."""
    _sum(part, lambda a, b: (a + b) * 0.5)


@defect(
    "shortcut.branch-scaled",
    "D60 D135",
    "the branch is scaled by 0.9",
    SHORTCUT,
    cause="shortcut.scale",
)
def branch_scaled(part: nn.Module, _: Place) -> None:
    """A keep rate that is applied in eval."""
    _sum(part, lambda a, b: a + 0.9 * b)


@defect("shortcut.subtracted", "D60", "the branch is subtracted", SHORTCUT)
def subtracted(part: nn.Module, _: Place) -> None:
    """A wrong sign."""
    _sum(part, lambda a, b: a - b)


@defect("shortcut.overwritten", "D73", "an in-place ReLU reaches the shortcut", SHORTCUT)
def overwritten(part: nn.Module, _: Place) -> None:
    """What is added was bent."""
    _sum(part, lambda a, b: torch.relu(a) + b)


def _has_norm_then_act(place: Place) -> bool:
    return (
        isinstance(getattr(place.module, "conv", None), nn.Module)
        and isinstance(getattr(place.module, "norm", None), nn.Module)
        and (hasattr(place.module, "act") or place.calls_any("relu", "silu"))
        and place.called > 0
    )


@defect("order.act-before-norm", "D64", "activation before normalisation", _has_norm_then_act)
def act_before_norm(part: nn.Module, place: Place) -> None:
    """Convolution, activation, normalisation."""
    curve = functional.silu if place.calls_any("silu") else torch.relu

    def forward(self: Any, x: Tensor) -> Tensor:
        act = self.act if hasattr(self, "act") else curve
        return self.norm(act(self.conv(x)))

    become(part, forward=forward)


BRANCHES = (
    ("before_heads", "heads", "before_mix", "mix"),
    ("norm1", "attn", "norm2", "mlp"),
    ("norm_attention", "attention", "norm_gated", "gated"),
)


def _branches(part: nn.Module) -> tuple[str, ...] | None:
    return next((n for n in BRANCHES if all(hasattr(part, name) for name in n)), None)


@defect(
    "order.post-norm",
    "D59",
    "norms stand after the sum",
    lambda p: bool(_branches(p.module)) and p.called > 0,
)
def post_norm(part: nn.Module, _: Place) -> None:
    """norm(x + f(x)) for x + f(norm(x))."""
    names = _branches(part)

    def forward(self: Any, x: Tensor, *_args: Any, **_kwargs: Any) -> Tensor:
        one, attend, two, mix = (getattr(self, name) for name in names or ())
        x = one(x + attend(x))
        return two(x + mix(x))

    become(part, forward=forward)


@defect(
    "order.norm-in-shortcut",
    "D59",
    "the shortcut starts after the norm",
    lambda p: bool(_branches(p.module)) and p.called > 0,
)
def norm_in_shortcut(part: nn.Module, _: Place) -> None:
    """norm(x) + f(norm(x))."""
    names = _branches(part)

    def forward(self: Any, x: Tensor, *_args: Any, **_kwargs: Any) -> Tensor:
        one, attend, two, mix = (getattr(self, name) for name in names or ())
        y = one(x)
        x = y + attend(y)
        return x + mix(two(x))

    become(part, forward=forward)


@defect(
    "order.parallel",
    "D59",
    "both branches start from the same input",
    lambda p: bool(_branches(p.module)) and p.called > 0,
)
def parallel(part: nn.Module, _: Place) -> None:
    """X + f(norm(x)) + g(norm(x))."""
    names = _branches(part)

    def forward(self: Any, x: Tensor, *_args: Any, **_kwargs: Any) -> Tensor:
        one, attend, two, mix = (getattr(self, name) for name in names or ())
        return x + attend(one(x)) + mix(two(x))

    become(part, forward=forward)


def quiet_children(place: Place) -> list[str]:
    """Names of direct children that keep the shape of what they are given."""
    return [name for name, child in place.module.named_children() if isinstance(child, QUIET)]


def _with_quiet(count: int) -> Fits:
    return lambda place: len(quiet_children(place)) >= count and place.called > 0


def _child_named(place: Place) -> tuple[str, ...]:
    name = quiet_children(place)[-1]
    return (place.path, f"{place.path}.{name}" if place.path else name)


@defect(
    "call.forgotten",
    "D59 D68",
    "a norm or an activation is never called",
    _with_quiet(1),
    names=_child_named,
)
def call_forgotten(part: nn.Module, place: Place) -> None:
    """The last quiet child is left out."""
    _during(part, {quiet_children(place)[-1]: lambda _child: nn.Identity()})


@defect(
    "call.doubled",
    "D66",
    "a norm or an activation is called twice",
    _with_quiet(1),
    names=_child_named,
)
def call_doubled(part: nn.Module, place: Place) -> None:
    """The last quiet child runs on its own output."""
    _during(part, {quiet_children(place)[-1]: _Twice})


def _alike(place: Place) -> tuple[str, str] | None:
    found: dict[Any, str] = {}
    for name, child in place.module.named_children():
        shapes = tuple(tuple(value.shape) for value in child.parameters())
        key = (type(child), shapes, str(child))
        if not shapes:
            continue
        if key in found:
            return found[key], name
        found[key] = name
    return None


def _alike_names(place: Place) -> tuple[str, ...]:
    inside = [f"{place.path}.{name}" if place.path else name for name in _alike(place) or ()]
    return (place.path, *inside)


def alike(place: Place) -> bool:
    """Fit containers with two children that could be taken for each other."""
    return (
        place.called > 0
        and _alike(place) is not None
        and not isinstance(place.module, nn.ModuleList)
    )


@defect(
    "call.exchanged", "D161", "two children of one shape are exchanged", alike, names=_alike_names
)
def call_exchanged(part: nn.Module, place: Place) -> None:
    """The names stay, the calls change places."""
    one, two = _alike(place) or ("", "")
    first, second = part._modules[one], part._modules[two]
    _during(part, {one: lambda _c: second, two: lambda _c: first})


class _Twice(nn.Module):
    def __init__(self, child: nn.Module) -> None:
        super().__init__()
        self.child = child

    def forward(self, x: Tensor) -> Tensor:
        return self.child(self.child(x))


def _during(part: nn.Module, change: dict[str, Callable[[Any], nn.Module]]) -> None:
    """Put other children in while the part runs."""

    def changed(plain: Callable[..., Any], self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        kept = {name: self._modules[name] for name in change}
        others = {name: make(kept[name]) for name, make in change.items()}
        self._modules.update(others)
        try:
            return plain(*args, **kwargs)
        finally:
            self._modules.update(kept)

    retold(part, changed)


@defect(
    "cat.order",
    "D22 D57",
    "tensors are put together in the other order",
    both(parents, calling("cat", "concat")),
)
def cat_order(part: nn.Module, _: Place) -> None:
    """Skip behind deep, class token last."""
    recalled(part, ("cat", "concat"), lambda f, x, *a, **k: f(list(x)[::-1], *a, **k))


@defect("flatten.channels-last", "D52 D82", "flattened as channels last", calling("flatten"))
def channels_last(part: nn.Module, _: Place) -> None:
    """Height, width, channels for channels, height, width."""

    def change(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if x.ndim == 4 and 1 not in x.shape[2:]:
            return x.permute(0, 2, 3, 1).reshape(func(x, *args, **kwargs).shape)
        return func(x, *args, **kwargs)

    recalled(part, ("flatten",), change)


@defect(
    "pick.last-token", "D62 D63", "the last token is read for the first", calling("__getitem__")
)
def last_token(part: nn.Module, _: Place) -> None:
    """[:, -1] for [:, 0]."""

    def change(func: Any, x: Tensor, index: Any) -> Any:
        if isinstance(index, tuple) and index[-1:] == (0,) and x.ndim == 3:
            return func(x, (*index[:-1], -1))
        return func(x, index)

    recalled(part, ("__getitem__",), change, None)


@defect("pick.mean-of-tokens", "D63", "the mean over tokens for the first", calling("__getitem__"))
def mean_of_tokens(part: nn.Module, _: Place) -> None:
    """x.mean(1) for x[:, 0]."""

    def change(func: Any, x: Tensor, index: Any) -> Any:
        if isinstance(index, tuple) and index[-1:] == (0,) and x.ndim == 3:
            return x.mean(1)
        return func(x, index)

    recalled(part, ("__getitem__",), change, None)
