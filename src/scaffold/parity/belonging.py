"""Refuse to compare with the goldens of another model: it would be a thousand findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.parity.pattern import bindings

if TYPE_CHECKING:
    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap

SHOWN = 3


def refuse_another_model(bundle: Bundle, weights: WeightMap) -> None:
    """Raise when the map and the bundle speak of different models.

    A map that is being written names few weights, but those are there; a bundle of the right model
    has what most rows name. Of another model's, most rows find nothing, and most weights no row.

    Raises:
        ScaffoldError: The bundle is of another model.
    """
    names = [entry.part for entry in bundle.select(role="weight")]
    rules = weights.rules.weights
    if not names or not rules:
        return
    finding = [rule for rule in rules if any(_matches(rule.theirs, name) for name in names)]
    named = [name for name in names if any(_matches(rule.theirs, name) for rule in rules)]
    if 2 * len(finding) > len(rules) or 2 * len(named) > len(names):
        return
    strange = [name for name in names if name not in named][:SHOWN]
    raise ScaffoldError(
        f"this bundle is of another model: it has {', '.join(strange)} and others that the map "
        f"does not name, and of the map's {len(rules)} rows {len(finding)} find a weight in it",
        where=str(bundle.folder),
        remedy="name the bundle of this reference under [parity] in reengineering.toml, or record "
        "it: scaffold record; where the reference itself has changed, write the map again",
    )


def _matches(patterns: tuple[str, ...], name: str) -> bool:
    return any(bindings(pattern, name) is not None for pattern in patterns)
