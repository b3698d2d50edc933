"""Turn queries and keys wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.defects.operators.defect import both, calling, defect
from benchmarks.defects.tamper import recalled, retold

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.defects.anatomy import Place

TURNS = both(calling("cat"), lambda place: type(place.module).__name__ == "Rotary")


def turns_inside(place: Place) -> bool:
    """Fit attention that turns by a function of its own: the library's."""
    return place.calls_any("neg") and place.calls_any("cat") and place.calls_any("softmax")


def _rates(place: Place) -> bool:
    return any(hasattr(place.module, name) for name in ("rates", "inv_freq")) and place.called > 0


def _turned(rule: Callable[[Callable[..., Tensor], nn.Module, Tensor], Tensor]) -> Any:
    return lambda part, _place: retold(part, rule)


@defect("rope.interleaved", "D57", "pairs are neighbours for halves", TURNS)
def interleaved(part: nn.Module, _: Place) -> None:
    """Channels 0 and 1 for 0 and 4."""

    def change(plain: Callable[..., Tensor], _self: nn.Module, x: Tensor) -> Tensor:
        apart = torch.cat((x[..., 0::2], x[..., 1::2]), dim=-1)
        left, right = plain(apart).chunk(2, dim=-1)
        return torch.stack((left, right), dim=-1).flatten(-2)

    retold(part, change)


@defect("rope.backwards", "D57", "turned the other way", both(TURNS))
def backwards(part: nn.Module, _: Place) -> None:
    """The sine has the other sign."""
    recalled(part, ("sin",), lambda f, x: -f(x))


@defect("rope.sign-lost", "D57", "the turned half keeps its sign", turns_inside)
def sign_lost(part: nn.Module, _: Place) -> None:
    """A forgotten minus, in queries only."""
    recalled(part, ("neg",), lambda _f, x: x * 1.0)


@defect("rope.halves-exchanged", "D57", "halves are put together in the other order", turns_inside)
def halves_exchanged(part: nn.Module, _: Place) -> None:
    """In queries and keys."""
    recalled(part, ("cat",), lambda f, x, *a, **k: f(list(x)[::-1], *a, **k), None)


@defect("rope.base", "D62", "another base of the frequencies", _rates)
def base(part: Any, _: Place) -> None:
    """1000 for 10000."""
    name = "rates" if hasattr(part, "rates") else "inv_freq"
    part.register_buffer(name, getattr(part, name) ** 0.75, persistent=False)


@defect("rope.offset", "D62", "places begin with one, for queries alone", TURNS)
def offset(part: nn.Module, _: Place) -> None:
    """Every other call, which is the queries' one."""
    part.turns = 0  # type: ignore[assignment]

    def change(plain: Callable[..., Tensor], self: Any, x: Tensor) -> Tensor:
        self.turns += 1
        if self.turns % 2 == 0:
            return plain(x)
        return plain(torch.cat((x[..., :1, :], x), dim=-2))[..., 1:, :]

    retold(part, change)
