"""Group the tensors of a module that are used together: a weight with its bias, a norm's four."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch import Tensor

_ROLE = re.compile(r"num_batches_tracked|running_mean|running_var|weight|kernel|bias")
COUNTER = "num_batches_tracked"

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """Tensors that are looked for together; the names are keys of a state dict."""

    part: str
    keys: tuple[str, ...]
    shapes: tuple[Shape, ...]

    def __str__(self) -> str:
        return " + ".join(self.keys)


def units_of(state: Mapping[str, Tensor], *, single: bool = False) -> tuple[Unit, ...]:
    """Group the real-valued tensors of a state dict, in its order.

    Args:
        state: Parameters and buffers by name.
        single: Give every tensor a unit of its own, for layers that two hands wrote otherwise.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for key, value in state.items():
        if value.is_floating_point():
            part, _, name = key.rpartition(".")
            group = name if single else _ROLE.sub("", name)
            groups.setdefault((part, group), []).append(key)
    return tuple(
        Unit(part, tuple(keys), tuple(tuple(state[key].shape) for key in keys))
        for (part, _), keys in groups.items()
    )


def likeness(one: str, other: str) -> int:
    """Count the words that two names do not share; it orders what is tried, and decides nothing."""
    a, b = _words(one), _words(other)
    return len(a ^ b)


def _words(name: str) -> set[str]:
    return set(re.split(r"[._]", name.lower())) - {""}


def numbers(keys: Iterable[Shape]) -> int:
    """Count the elements of some shapes."""
    total = 0
    for shape in keys:
        count = 1
        for size in shape:
            count *= size
        total += count
    return total
