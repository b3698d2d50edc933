"""Find the parts of theirs that ours does without, where one around them is compared.

While a class is delegated, ours has every part of theirs under its own name, and the map says so.
A class that is written need not have those without weights: a dropout that does nothing, an
activation that is a function here, a wrapper. The part around them is compared all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.paths import around
from scaffold.parity.goldens import parts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap


@dataclass(frozen=True, kw_only=True, slots=True)
class Counterparts:
    """What stands for the parts of theirs."""

    mapped: Mapping[str, str]
    """Our part for each of theirs that is called and has one, or should have one."""
    absent: Mapping[str, str]
    """The parts that ours does without, by their name, which is ours as well, and the part of ours
    around each; `""` is the model."""


def counterparts(bundle: Bundle, weights: WeightMap, ours: Collection[str]) -> Counterparts:
    """Say which part of ours is held against each of theirs.

    Ours does without a part only where the map says no more than that both have one name: who wrote
    a row by hand means it.

    Args:
        bundle: The goldens of theirs.
        weights: The map.
        ours: The name of every part of ours.
    """
    parts = parts_of(bundle)
    holding = {name for part in parts if part.parameters for name in _upwards(part.part)}
    own = {part.part: weights.part_to_ours(part.part) for part in parts}
    absent = {
        theirs: around(theirs, ours)
        for theirs, mine in own.items()
        if theirs and mine == theirs and mine not in ours and theirs not in holding
    }
    mapped = {
        part.part: mine
        for part in parts
        if part.calls and part.part not in absent and (mine := own[part.part]) is not None
    }
    return Counterparts(mapped=mapped, absent=absent)


def _upwards(part: str) -> Iterator[str]:
    """Give a part and everything that it lies in, but the model."""
    while part:
        yield part
        part = part.rpartition(".")[0]
