"""Run parts of ours with weights that are tried, and measure what comes out against theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torch import Tensor

from scaffold.parity.mapping.recorded import CLOSE, same
from scaffold.parity.mapping.watch import Stage, Watch
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import nn

    from scaffold.parity.mapping.desk import Desk
    from scaffold.parity.mapping.options import Option
    from scaffold.parity.mapping.units import Unit

Leaves = list[Tensor]
Cover = tuple["Option", ...]
Again = "Callable[[], Leaves]"

NONE: frozenset[int] = frozenset({-1})
"""No border is looked at."""


@dataclass(slots=True)
class Place:
    """A part of ours that is being solved, and what it was called with."""

    part: str
    module: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    marks: list[tuple[int, int]] = field(default_factory=list)
    """After which border theirs was known to be at which moment."""
    output: Leaves = field(default_factory=list)


class Trials:
    """What all trials of one search share."""

    def __init__(self, desk: Desk, stage: Stage) -> None:
        self.desk = desk
        self.theirs = desk.theirs
        self.stage = stage
        self.count = 0

    def load(self, cover: Cover) -> bool:
        """Put the weights of a cover into ours; False when their shapes do not come out."""
        if not self.desk.load(cover):
            return False
        self.count += 1
        return True

    def output(self, place: Place) -> Leaves:
        """Give what a part gives; nothing where it raises, as with weights that do not fit."""
        try:
            given = self.stage.run(place.module, place.args, place.kwargs, Watch(wanted=NONE))
        except Exception:  # noqa: BLE001 - whatever the part raises, it does not give theirs
            return []
        return tensors(given)

    def borders(self, place: Place, wanted: frozenset[int]) -> Leaves:
        """Give the tensors at some borders within a part."""
        watch = Watch(wanted=wanted)
        try:
            self.stage.run(place.module, place.args, place.kwargs, watch)
        except Exception:  # noqa: BLE001 - likewise
            return []
        return [border.value for border in watch.borders]

    def distance(self, values: Leaves) -> float | None:
        """Give how far the nearest recorded tensor is from any real-valued one of some tensors."""
        found = [
            one.distance
            for leaf in values
            if leaf.is_floating_point()
            for one in self.theirs.find(leaf)
        ]
        return min(found, default=None)

    def takers(self, given: Leaves) -> list[str]:
        """Give the parts of theirs that took one of these tensors."""
        parts: dict[str, None] = {}
        for leaf in given:
            for found in self.theirs.find(leaf):
                for call in self.theirs.takers.get(found.hash, ()):
                    parts[call.part] = None
        return list(parts)

    def all_matter(
        self, units: Iterable[Unit], again: Callable[[], Leaves], output: Leaves, distance: float
    ) -> bool:
        """Whether every unit moves the output further than it is off theirs."""
        return all(
            any(self._matters(key, again, output, distance) for key in unit.keys) for unit in units
        )

    def _matters(
        self, key: str, again: Callable[[], Leaves], output: Leaves, distance: float
    ) -> bool:
        value = self.desk.disturbed(key)
        moved = again()
        self.desk.put(key, value)
        return not alike(moved, output, max(10 * distance, CLOSE))


def tensors(value: object) -> Leaves:
    """Give every tensor of a nested value."""
    return [leaf for leaf in all_leaves(value).values() if isinstance(leaf, Tensor)]


def alike(one: Leaves, other: Leaves, tolerance: float = CLOSE) -> bool:
    """Whether two outputs are one."""
    return len(one) == len(other) and all(
        same(a.detach(), b.detach(), tolerance) for a, b in zip(one, other, strict=True)
    )
