"""Connect parts wrongly: stale shortcuts, gates left out, blocks that carry others' weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, defect, parents
from benchmarks.defects.tamper import loaded, recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

ADDS = ("add", "add_", "__add__", "__iadd__")
PRODUCTS = ("mul", "__mul__", "mul_")
SHORTCUT = both(parents, calling(*ADDS), lambda place: not place.calls_any("softmax"))


def _alike(a: Any, b: Any) -> bool:
    tensors = isinstance(a, Tensor) and isinstance(b, Tensor)
    return tensors and a.shape == b.shape and a.is_floating_point() and b.is_floating_point()


@defect("shortcut.branch-bent", "D66", "the branch is bent before the sum too", SHORTCUT)
def branch_bent(part: nn.Module, _: Place) -> None:
    """X + relu(f(x)): the last activation of a block stands too early."""

    def added(func: Any, a: Any, b: Any, **kwargs: Any) -> Any:
        return func(a, torch.relu(b), **kwargs) if _alike(a, b) else func(a, b, **kwargs)

    recalled(part, ADDS, added)


def adds_twice(place: Place) -> bool:
    """Fit parts with two sums of their own."""
    return SHORTCUT(place) and sum(name in ADDS for name in place.calls) >= 2


@defect("shortcut.stale", "D60", "the second shortcut starts where the first did", adds_twice)
def stale(part: nn.Module, _: Place) -> None:
    """X + g(y) for y + g(y): the name of the residual was not set again."""
    kept: list[Tensor] = []

    def added(func: Any, a: Any, b: Any, **kwargs: Any) -> Any:
        if not _alike(a, b):
            return func(a, b, **kwargs)
        if kept and kept[0].shape == a.shape:
            return func(kept.pop(), b, **kwargs)
        kept[:] = [a]
        return func(a, b, **kwargs)

    recalled(part, ADDS, added, None)


GATED = both(
    calling(*PRODUCTS),
    lambda p: (
        not p.calls_any(*("softmax", "rsqrt", "sin", "cos", "tanh", "scaled_dot_product_attention"))
    ),
)


def _products(part: nn.Module, change: Callable[[Any, Any, Any], Any]) -> None:
    recalled(part, PRODUCTS, change, None)


@defect("gate.forgotten", "D60", "a product of two maps gives the first alone", GATED)
def gate_forgotten(part: nn.Module, _: Place) -> None:
    """The gate is computed and not used."""
    _products(part, lambda func, a, b: a * 1.0 if _alike(a, b) else func(a, b))


def _squeezed(a: Any, b: Any) -> bool:
    maps = isinstance(a, Tensor) and isinstance(b, Tensor) and a.ndim == b.ndim == 4
    return maps and a.shape[:2] == b.shape[:2] and (1 in a.shape[2:]) != (1 in b.shape[2:])


@defect(
    "gate.channels-forgotten", "D60", "channels are not weighted by what was squeezed",
    both(GATED, parents),
)  # fmt: skip
def channels_forgotten(part: nn.Module, _: Place) -> None:
    """The larger of the two goes on."""

    def change(func: Any, a: Any, b: Any) -> Any:
        if _squeezed(a, b):
            return (a if a.numel() > b.numel() else b) * 1.0
        return func(a, b)

    _products(part, change)


GAMMAS = ("gamma", "gamma_1", "gamma_2", "layer_scale", "scaler", "scale")


def _gammas(place: Place) -> list[str]:
    own = dict(place.module.named_parameters(recurse=False))
    return [name for name in GAMMAS if name in own and own[name].numel() > 1]


@defect(
    "layerscale.absent",
    "D60 D162",
    "a branch is not scaled by its gains",
    lambda p: bool(_gammas(p)),
)
def scale_absent(part: nn.Module, place: Place) -> None:
    """The gains stay one."""
    name = _gammas(place)[0]
    loaded(part, lambda own: {name: torch.ones_like(own[name])})


@defect(
    "layerscale.exchanged", "D161", "the gains of two branches are exchanged",
    lambda p: len(_gammas(p)) > 1,
)  # fmt: skip
def scale_exchanged(part: nn.Module, place: Place) -> None:
    """gamma_1 and gamma_2."""
    one, two = _gammas(place)[:2]
    loaded(part, lambda own: {one: own[two], two: own[one]})


def _last_norm(place: Place) -> str | None:
    names = [n for n, child in place.module.named_children() if type(child).__name__ == "LayerNorm"]
    return names[-1] if names and place.calls_any("mean") else None


def _with_norm(place: Place) -> tuple[str, ...]:
    name = _last_norm(place) or ""
    return (place.path, f"{place.path}.{name}" if place.path else name)


@defect(
    "head.norm-after-mean", "D59", "the norm stands after the mean over tokens, not before it",
    lambda p: _last_norm(p) is not None, names=_with_norm,
)  # fmt: skip
def norm_after_mean(part: nn.Module, place: Place) -> None:
    """norm(mean(x)) for mean(norm(x))."""
    name = _last_norm(place) or ""

    def change(plain: Callable[..., Any], self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        kept.append(self._modules[name])  # type: ignore[arg-type]
        self._modules[name] = nn.Identity()
        try:
            return plain(*args, **kwargs)
        finally:
            self._modules[name] = kept.pop()

    def mean(func: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return kept[-1](func(x, *args, **kwargs))

    kept: list[nn.Module] = []
    recalled(part, ("mean",), mean)
    retold(part, change)


def _blocks(place: Place) -> tuple[str, str] | None:
    """Name the first two children of a list that have the same weights by name and shape."""
    if not isinstance(place.module, nn.ModuleList | nn.Sequential):
        return None
    found: dict[Any, str] = {}
    for name, child in place.module.named_children():
        shapes = tuple((n, tuple(v.shape)) for n, v in child.state_dict().items())
        if len(shapes) > 2 and shapes in found:
            return found[shapes], name
        found[shapes] = name
    return None


def _inside(place: Place, names: tuple[str, ...]) -> tuple[str, ...]:
    """Name blocks and everything in them: each of those parts has other weights."""
    before = f"{place.path}." if place.path else ""
    return (
        place.path,
        *(
            f"{before}{name}.{path}".rstrip(".")
            for name in names
            for path, _ in place.module.get_submodule(name).named_modules()
        ),
    )


def _reload(part: nn.Module, sources: dict[str, str]) -> None:
    """Load into children what belongs to others."""

    def hook(_module: nn.Module, state: dict[str, Tensor], prefix: str, *_: object) -> None:
        before = dict(state)
        for name, source in sources.items():
            begin = f"{prefix}{source}."
            for key, value in before.items():
                if key.startswith(begin):
                    state[f"{prefix}{name}.{key.removeprefix(begin)}"] = value

    part.register_load_state_dict_pre_hook(hook)


@defect(
    "blocks.first-repeated", "D161", "the second block carries the weights of the first",
    lambda p: _blocks(p) is not None,
    names=lambda p: _inside(p, (_blocks(p) or ("", ""))[1:]),
)  # fmt: skip
def first_repeated(part: nn.Module, place: Place) -> None:
    """An index that is not counted up where weights are read."""
    one, two = _blocks(place) or ("", "")
    _reload(part, {two: one})


@defect(
    "blocks.exchanged", "D161", "two blocks carry each other's weights",
    lambda p: _blocks(p) is not None,
    names=lambda p: _inside(p, _blocks(p) or ()),
)  # fmt: skip
def blocks_exchanged(part: nn.Module, place: Place) -> None:
    """Names that were sorted as text."""
    one, two = _blocks(place) or ("", "")
    _reload(part, {one: two, two: one})


def _one_result(place: Place) -> bool:
    return place.path == "" and len(place.made) in {2, 3} and not place.calls_any("log_softmax")


@defect("head.scaled", "D56 D60", "scores are divided by the root of a width of 64", _one_result)
def head_scaled(part: nn.Module, _: Place) -> None:
    """The scale of a tied head, or a temperature, that theirs has not."""

    def change(plain: Callable[..., Any], _self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        found = plain(*args, **kwargs)
        return found / 8 if isinstance(found, Tensor) else found

    retold(part, change)
