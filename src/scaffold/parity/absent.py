"""Find the parts of theirs that ours does without, where one around them is compared.

While a class is delegated, ours has every part of theirs under its own name, and the map says so.
A class that is written need not have those without weights: a dropout that does nothing, an
activation that is a function here, a wrapper. The part around them is compared all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.parity.goldens import parts_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap


def absent(bundle: Bundle, weights: WeightMap, ours: Collection[str]) -> dict[str, str]:
    """Give the parts that ours does without, and the innermost part around each that it has.

    Only where the map says no more than that both have one name: who wrote a row by hand means it.

    Args:
        bundle: The goldens of theirs.
        weights: The map.
        ours: The name of every part of ours.

    Returns:
        By their name, which is ours as well, the name of the part around, `""` for the model.
    """
    found: dict[str, str] = {}
    parts = parts_of(bundle)
    holding = {part.part for part in parts if part.parameters}
    for part in parts:
        own = weights.part_to_ours(part.part)
        if own != part.part or not part.part or own in ours or part.part in holding:
            continue
        if any(name.startswith(f"{part.part}.") for name in holding):
            continue
        around = part.part
        while around and (around not in ours or around == part.part):
            around = around.rpartition(".")[0]
        found[part.part] = around
    return found
