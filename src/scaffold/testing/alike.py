"""Make a weight map for two models in memory from the names that they share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.parity.mapfile import Excuse, PartRule, Rules, WeightRule
from scaffold.parity.mapping import State, find
from scaffold.parity.weightmap import WeightMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from scaffold.golden import Bundle
    from scaffold.trace.subject import Subject

SHOWN = 4
"""How many reasons a message lists before it counts the rest."""


def same_names(theirs: nn.Module, ours: nn.Module, names: Mapping[str, str | None]) -> WeightMap:
    """Map every name of theirs to the same name of ours, but for those that are given.

    A given name stands for itself and for everything below it: `{"layers": "blocks"}` maps
    `layers.0.norm.weight` to `blocks.0.norm.weight`; the longest beginning decides. A part of
    theirs that ours has not is excused, since the model around it is compared all the same; a
    weight of theirs that ours has not is no excuse.

    Raises:
        ScaffoldError: A given name is nobody's.
    """
    mine = dict(ours.named_modules(remove_duplicate=False))
    parts, excused, dropped = [], [], []
    for name, _ in theirs.named_modules():
        other = _renamed(name, names)
        if other and other in mine:
            parts.append(PartRule(name, other))
        elif name:
            said = "given as None" if other is None else "ours has no part of that name"
            excused.append(Excuse(name, "", said))
    weights = []
    for name in theirs.state_dict():
        other = _renamed(name, names)
        if other is None:
            dropped.append(Excuse(name, "", "given as None"))
        else:
            weights.append(WeightRule((name,), (other,), ()))
    _known(names, theirs)
    rules = Rules(
        parts=tuple(parts), weights=tuple(weights), excused=tuple(excused), dropped=tuple(dropped)
    )
    return WeightMap(Path("weights"), rules)


def searched(bundle: Bundle, ours: Subject) -> WeightMap:
    """Find the map by replay.

    Raises:
        ScaffoldError: None holds; it names what stands against one.
    """
    found = find(bundle, ours)
    if found.state is State.REFUSED:
        said = "; ".join(f"{one.what or 'the model'}: {one.why}" for one in found.refused[:SHOWN])
        more = len(found.refused) - SHOWN
        raise ScaffoldError(
            f"no map between the two holds: {said}{f'; and {more} more' if more > 0 else ''}",
            where='weights="find"',
            remedy="mend what it names, or give the names: weights={theirs: ours}",
        )
    return WeightMap(Path("weights"), found.rules)


def _renamed(name: str, names: Mapping[str, str | None]) -> str | None:
    """Give our name, by the longest given beginning of theirs."""
    beginning = name
    while beginning:
        if beginning in names:
            other = names[beginning]
            return None if other is None else other + name[len(beginning) :]
        beginning = beginning.rpartition(".")[0]
    return name


def _known(names: Mapping[str, str | None], theirs: nn.Module) -> None:
    there = {name for name, _ in theirs.named_modules(remove_duplicate=False)}
    there |= theirs.state_dict().keys()
    strange = sorted(names.keys() - there)
    if strange:
        raise ScaffoldError(
            f"theirs has no part or weight called {', '.join(strange)}",
            where="weights",
            remedy="see the names of theirs: [name for name, _ in theirs.named_modules()]",
        )
