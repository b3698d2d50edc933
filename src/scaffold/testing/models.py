"""Compare two modules that are in memory: for notebooks, and for tests without a repository."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from scaffold.core.comparison import Comparison, Divergence, Rung
from scaffold.core.errors import ScaffoldError
from scaffold.parity import WeightMap, compare
from scaffold.parity.explain import explained
from scaffold.reference import record
from scaffold.report import text
from scaffold.testing import divergence
from scaffold.testing.alike import same_names, searched
from scaffold.testing.divergence import ParityDivergence
from scaffold.testing.ladder import merged
from scaffold.trace.held import held

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor, nn

    from scaffold.golden import Bundle
    from scaffold.trace.subject import Subject

    Names = WeightMap | Mapping[str, str | None] | Literal["find"] | None

SHOWN = 6
"""How many names a message lists before it counts the rest."""
RUNGS = (Rung.WEIGHTS, Rung.FORWARD, Rung.GRADIENT)
"""What a module alone can show: it has no loss, no optimizer and no seed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelComparison(Comparison):
    """A comparison of two modules: true when they are the same; as text, the whole report."""

    def __bool__(self) -> bool:
        return self.agrees

    def __str__(self) -> str:
        return text.plain(self)


def compare_models(
    theirs: nn.Module,
    ours: nn.Module,
    inputs: Tensor | Sequence[Tensor],
    *,
    weights: Names = None,
    seed: int = 0,
) -> ModelComparison:
    """Say whether ours computes what theirs does, part by part, and where it stops doing so.

    Theirs is recorded on the inputs and on probes of their shape, with perturbed weights, in
    evaluation mode; ours gets the same weights and the recorded inputs of each part. Both are
    copied first: neither module changes, not its weights, its mode nor its gradients.

    Args:
        theirs: The model to agree with.
        ours: The model that is judged.
        inputs: A small batch: one tensor, or several in the order of the arguments.
        weights: How theirs' names become ours: `{theirs: ours}` with names or beginnings of
            names, None where theirs has no counterpart; what is not named has the same name on
            both sides. A `WeightMap` says it in full, with its transformations. `"find"` searches
            for it by replay, whatever the names are.
        seed: Where the perturbation and the probes start.

    Raises:
        ScaffoldError: A side cannot be copied or run, theirs gives NaN on its own inputs, or no map
            was found that holds; it names what stands against one.
        ValueError: The inputs are no tensors.
    """
    them, us = held(theirs, inputs, name="theirs"), held(ours, inputs, name="ours")
    with TemporaryDirectory(prefix="scaffold-") as folder:
        bundle = record(them, Path(folder) / "goldens", seed=seed)
        if weights == "find":
            known = searched(bundle, us)
        elif isinstance(weights, WeightMap):
            known = weights
        else:
            known = same_names(theirs, ours, weights or {})
        found = explained(_climbed(bundle, us, known), bundle, us, known)
    named = replace(
        found,
        reference=type(theirs).__name__,
        bundle="in memory",
        first=_named(found.first, known, theirs, ours),
    )
    return ModelComparison(**{one.name: getattr(named, one.name) for one in fields(named)})


def assert_same_model(
    theirs: nn.Module,
    ours: nn.Module,
    inputs: Tensor | Sequence[Tensor],
    *,
    weights: Names = None,
    seed: int = 0,
) -> ModelComparison:
    """Fail unless ours computes what theirs does; the arguments are those of `compare_models`.

    Raises:
        ParityDivergence: The first divergence, and the names of the others.
    """
    __tracebackhide__ = True
    found = compare_models(theirs, ours, inputs, weights=weights, seed=seed)
    message = divergence.of_comparison(found)
    if message:
        raise ParityDivergence(message)
    return found


def _climbed(bundle: Bundle, ours: Subject, weights: WeightMap) -> Comparison:
    """Climb the rungs; one that cannot be run above another is an item that says why."""
    found: list[Comparison] = []
    failures: dict[Rung, ScaffoldError] = {}
    for rung in RUNGS:
        try:
            found.append(compare(bundle, ours, weights, rungs=(rung,)))
        except ScaffoldError as error:
            if not found:
                raise
            failures[rung] = error
    return merged(found, failures)


def _named(
    first: Divergence | None, weights: WeightMap, theirs: nn.Module, ours: nn.Module
) -> Divergence | None:
    """Where weights have no counterpart, name them all, and say how to pair them."""
    if first is None or first.rung is not Rung.WEIGHTS:
        return first
    mine = ours.state_dict().keys()
    made = {name: weights.names_to_ours(name) for name in theirs.state_dict()}
    left = [name for name, others in made.items() if others and not mine >= {*others}]
    free = sorted(mine - {other for others in made.values() for other in others})
    if not left and not free:
        return first
    return replace(
        first,
        because=f"of theirs, {_listed(left)} has no counterpart; of ours, {_listed(free)}",
        remedy='pair what belongs together: weights={"<of theirs>": "<of ours>"}',
    )


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "nothing"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
