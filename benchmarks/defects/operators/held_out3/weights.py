"""Load what is not this layer's, and read images as another pipeline gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.operators.defect import Defect, both, defect, kinds
from benchmarks.defects.tamper import loaded, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

EITHER = kinds(nn.Linear, nn.Conv1d, nn.Conv2d)


def _siblings(place: Place) -> tuple[str, str] | None:
    """Name two layers of one kind and shape among the direct children."""
    found: dict[object, str] = {}
    if isinstance(place.module, nn.ModuleList) or not place.called:
        return None
    for name, child in place.module.named_children():
        own = tuple(tuple(value.shape) for value in child.parameters())
        if not isinstance(child, nn.Linear | nn.Conv1d | nn.Conv2d | nn.LayerNorm) or not own:
            continue
        if (type(child), own) in found:
            return found[type(child), own], name
        found[type(child), own] = name
    return None


def _second(place: Place) -> tuple[str, ...]:
    name = (_siblings(place) or ("", ""))[1]
    return (f"{place.path}.{name}" if place.path else name,)


@defect(
    "weight.of-sibling", "D161", "a layer carries the weights of its sibling",
    lambda p: _siblings(p) is not None, names=_second,
)  # fmt: skip
def of_sibling(part: nn.Module, place: Place) -> None:
    """A line that was copied and not changed."""
    one, two = _siblings(place) or ("", "")

    def hook(_module: nn.Module, state: dict[str, Tensor], prefix: str, *_: object) -> None:
        for leaf, _value in part.get_submodule(one).named_parameters():
            state[f"{prefix}{two}.{leaf}"] = state[f"{prefix}{one}.{leaf}"]

    part.register_load_state_dict_pre_hook(hook)


@defect(
    "weight.adapter-merged", "D168", "an adapter of rank one was merged into the weight", EITHER
)
def adapter(part: nn.Module, _: Place) -> None:
    """A tenth of the size of the weight."""

    def change(own: dict[str, Tensor]) -> dict[str, Tensor]:
        w = own["weight"]
        generator = torch.Generator().manual_seed(w.numel())
        rows = torch.randn(len(w), 1, generator=generator, dtype=torch.float64)
        columns = torch.randn(1, w[0].numel(), generator=generator, dtype=torch.float64)
        return {"weight": w + 0.1 * w.abs().mean() * (rows @ columns).to(w.dtype).view(w.shape)}

    loaded(part, change)


@defect("weight.float8", "D100", "weights went through eight bits of floating point", EITHER)
def float8(part: nn.Module, _: Place) -> None:
    """Four of exponent, three of mantissa."""
    loaded(
        part, lambda own: {"weight": own["weight"].to(torch.float8_e4m3fn).to(own["weight"].dtype)}
    )


@defect(
    "bias.first-for-all", "D164", "each output has the bias of the first",
    both(EITHER, lambda p: p.module.bias is not None and len(p.module.bias) > 1),
)  # fmt: skip
def one_bias(part: nn.Module, _: Place) -> None:
    """A scalar that was broadcast."""
    loaded(part, lambda own: {"bias": own["bias"][:1].expand_as(own["bias"]).clone()})


@defect("weight.pruned", "D168", "small weights are zero: a pruned checkpoint", EITHER)
def pruned(part: nn.Module, _: Place) -> None:
    """What is smaller than a tenth of the mean."""
    loaded(
        part,
        lambda own: {
            "weight": own["weight"].where(
                own["weight"].abs() > 0.1 * own["weight"].abs().mean(), 0.0
            )
        },
    )


def colours(place: Place) -> bool:
    """Fit models of images with three colours, alone or first of what they are given."""
    one = place.given[0] if place.given else ()
    return place.path == "" and len(one) == 4 and one[1] == 3


def _of_input(id: str, rows: str, does: str, rule: Callable[[Tensor], Tensor]) -> Defect:
    def plant(part: nn.Module, _: Place) -> None:
        retold(part, lambda plain, _self, x, *rest: plain(rule(x), *rest))

    return defect(id, rows, does, colours)(plant)


def _per_channel(values: tuple[float, ...], x: Tensor) -> Tensor:
    return torch.tensor(values, dtype=x.dtype).view(3, 1, 1)


def _zoomed(x: Tensor) -> Tensor:
    """Resize the middle to the whole."""
    return functional.interpolate(
        x[..., 1:-1, 1:-1], size=x.shape[-2:], mode="bilinear", align_corners=False
    )


DEVIATIONS = _of_input(
    "input.deviations-reversed", "D17", "deviations are those of blue first",
    lambda x: x * _per_channel((0.229 / 0.225, 1.0, 0.225 / 0.229), x),
)  # fmt: skip
SIGNED = _of_input(
    "input.signed", "D16 D167", "images go from -1 to 1 for 0 to 1", lambda x: 2 * x - 1
)
SIDEWAYS = _of_input(
    "input.on-its-side", "D82", "rows are read as columns", lambda x: x.transpose(-1, -2)
)
ZOOMED = _of_input("input.zoomed", "D20 D24", "the border is cropped and the rest resized", _zoomed)
BYTES_UNSCALED = _of_input(
    "input.bytes", "D16", "images go from 0 to 255 for 0 to 1", lambda x: x * 255
)
