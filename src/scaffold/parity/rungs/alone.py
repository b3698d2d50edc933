"""Put the goldens of one call where our part had tensors of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core.comparison import Judgement, Verdict
from scaffold.parity import goldens
from scaffold.parity.pairing import fitted, paired_inputs
from scaffold.trace.swap import swapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from scaffold.golden import Bundle, Entry
    from scaffold.parity.goldens import TheirCall
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.forward import Call


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """How our part is called on what theirs was given."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    of: Mapping[str, Entry]
    """For every input of ours that takes a golden: which one."""


def placed(bundle: Bundle, theirs: TheirCall, mine: Call) -> Placed | Judgement:
    """Give our call with the goldens in place, or say why the two calls do not fit."""
    pairs = fitted(bundle, paired_inputs(theirs.inputs, mine.inputs), mine.inputs)
    if pairs.problem or pairs.misfit:
        return Judgement(verdict=Verdict.NOT_COMPARABLE, reason=pairs.problem or pairs.misfit)

    def golden(path: str, leaf: object) -> object:
        entry = pairs.of.get(path)
        return leaf if entry is None else goldens.tensor(bundle, entry)

    return Placed(args=swapped(mine.args, golden), kwargs=swapped(mine.kwargs, golden), of=pairs.of)


def mapped_parts(
    model: nn.Module, weights: WeightMap, parts: set[str]
) -> tuple[dict[str, str], dict[str, nn.Module]]:
    """Give our part for each of theirs that is mapped, and our parts by the name they ran under.

    A part that stands under two names is recorded under the first of them.
    """
    modules = dict(model.named_modules(remove_duplicate=False))
    first = {id(module): name for name, module in reversed(list(model.named_modules()))}
    ours = {part: weights.part_to_ours(part) for part in parts}
    return (
        {part: first[id(modules[name])] for part, name in ours.items() if name in modules},
        dict(model.named_modules()),
    )


def complete(weights: WeightMap, names: set[str]) -> set[str]:
    """Give those of theirs' names whose whole rule of the map is among them.

    Where theirs keeps query, key and value apart and ours does not, one of them alone is nothing
    that ours could be held against; the part around all three is.
    """
    return {
        name
        for rule in weights.resolved(names)
        if names.issuperset(rule.theirs)
        for name in rule.theirs
    }
