"""Place and embed wrongly: waves, turns, segments, bags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, defect, kinds, nothas
from benchmarks.defects.tamper import loaded, recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

WAVES = both(
    calling("sin"), calling("cos"), calling("cat"), nothas("softmax", "neg"),
    lambda p: "Rotary" not in type(p.module).__name__,
)  # fmt: skip
STEPS = both(WAVES, calling("exp"))


def _joined_waves(part: nn.Module, change: Callable[..., Tensor]) -> None:
    """Change how sines and cosines are joined: the first cat of two tensors of one shape."""

    def joined(func: Any, tensors: Any, *args: Any, **kwargs: Any) -> Tensor:
        first, second, *rest = tensors
        if first.shape != second.shape:
            return func(tensors, *args, **kwargs)
        return func([*change(first, second), *rest], *args, **kwargs)

    recalled(part, ("cat",), joined)


@defect("waves.halves-exchanged", "D62", "cosines come first for sines, or the reverse", WAVES)
def waves_exchanged(part: nn.Module, _: Place) -> None:
    """flip_sin_to_cos."""
    _joined_waves(part, lambda one, two: (two, one))


@defect("waves.interleaved", "D62", "sines and cosines take turns for halves", WAVES)
def waves_interleaved(part: nn.Module, _: Place) -> None:
    """Stacked, then flattened."""
    _joined_waves(
        part, lambda one, two: torch.stack((one, two), dim=-1).flatten(-2).chunk(2, dim=-1)
    )


@defect("waves.rates-to-the-end", "D62", "rates fall over half - 1 steps for half", STEPS)
def rates_to_end(part: nn.Module, _: Place) -> None:
    """downscale_freq_shift."""

    def change(func: Any, x: Tensor) -> Tensor:
        return func(x * x.shape[-1] / (x.shape[-1] - 1)) if x.shape[-1] > 1 else func(x)

    recalled(part, ("exp",), change)


@defect("waves.steps-as-shares", "D16", "a step is told as a share of a thousand", STEPS)
def steps_as_shares(part: nn.Module, _: Place) -> None:
    """0.041 for 41."""
    retold(part, lambda plain, _self, step: plain(step / 1000))


@defect(
    "position.padding-counted", "D62", "positions count the padding",
    both(calling("cumsum"), calling("ne"), lambda p: "Embeddings" in type(p.module).__name__),
)  # fmt: skip
def padding_counted(part: nn.Module, _: Place) -> None:
    """Arange for the running count of what is there."""
    recalled(part, ("ne",), lambda f, x, *a: torch.ones_like(f(x, *a)), None)


def _segments(place: Place) -> bool:
    return isinstance(place.module, nn.Embedding) and "token_type" in place.path


@defect("embedding.segments-forgotten", "D68", "segments are not added", _segments)
def segments(part: nn.Module, _: Place) -> None:
    """The table of token types stays zero."""
    loaded(part, lambda own: {"weight": torch.zeros_like(own["weight"])})


@defect("embedding.bag-summed", "D63", "a bag is summed for averaged", kinds(nn.EmbeddingBag))
def bag_summed(part: Any, _: Place) -> None:
    """The layer's own default is the mean; other frameworks sum."""
    part.mode = "sum"


def _scaled_table(place: Place) -> bool:
    own = type(place.module).__name__
    return isinstance(place.module, nn.Embedding) and "Scaled" in own and place.called > 0


@defect(
    "embedding.scale-lost", "D56", "embeddings are not multiplied by the root of the width",
    _scaled_table,
)  # fmt: skip
def scale_lost(part: Any, _: Place) -> None:
    """A plain look-up."""
    retold(part, lambda _p, self, index: nn.functional.embedding(index, self.weight))


@defect(
    "embedding.out-of-order", "D174", "rows are sorted otherwise: pairs of ids are exchanged",
    both(kinds(nn.Embedding), lambda p: len(p.module.weight) >= 8),
)  # fmt: skip
def out_of_order(part: nn.Module, _: Place) -> None:
    """0 and 1, 2 and 3: another vocabulary file."""

    def change(own: dict[str, Tensor]) -> dict[str, Tensor]:
        table = own["weight"]
        places = torch.arange(len(table)) ^ 1
        return {"weight": table[places.clamp(max=len(table) - 1)]}

    loaded(part, change)


def _rates(place: Place) -> bool:
    return any(hasattr(place.module, name) for name in ("rates", "inv_freq")) and place.called > 0


def _of_rates(part: Any, rule: Callable[[Tensor], Tensor]) -> None:
    name = "rates" if isinstance(getattr(part, "rates", None), Tensor) else "inv_freq"
    part.register_buffer(name, rule(getattr(part, name)), persistent=False)


def buffered(place: Place) -> bool:
    """Fit what keeps its rates outside of the state dict."""
    names = {name.rpartition(".")[2] for name in place.module.state_dict()}
    return _rates(place) and not names & {"rates", "inv_freq"}


@defect("rope.partial", "D62", "the slower half of the rates does not turn", buffered)
def partial(part: nn.Module, _: Place) -> None:
    """Half of each head is turned."""

    def slow(rates: Tensor) -> Tensor:
        here = torch.arange(rates.shape[-1]) < (rates.shape[-1] + 1) // 2
        return rates * here

    _of_rates(part, slow)


@defect("rope.stretched", "D62", "places are divided by two: a longer context's scaling", buffered)
def stretched(part: nn.Module, _: Place) -> None:
    """Linear scaling that the checkpoint does not have."""
    _of_rates(part, lambda rates: rates / 2)


@defect(
    "rope.keys-unturned", "D62", "queries are turned and keys are not",
    both(calling("neg"), calling("cat"), calling("softmax")),
)  # fmt: skip
def keys_unturned(part: nn.Module, _: Place) -> None:
    """The third and fourth product of the turn are left out."""
    turn = [0]

    def product(func: Any, a: Any, b: Any) -> Any:
        if not (isinstance(a, Tensor) and isinstance(b, Tensor)):
            return func(a, b)
        turn[0] += 1
        if turn[0] == 3:
            return a * 1.0 if a.ndim == 4 else b * 1.0
        return func(a, b) * 0.0 if turn[0] == 4 else func(a, b)

    def forward(plain: Callable[..., Any], _self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        turn[0] = 0
        return plain(*args, **kwargs)

    recalled(part, ("mul", "__mul__"), product, None)
    retold(part, forward)
