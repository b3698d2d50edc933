"""Check a map with weights and inputs that the search never saw.

Another random start of theirs goes through the written file, and both models answer new inputs in
float64. A map that the search calls proved and that fails here is silently wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from benchmarks.defects.weights import perturbed
from scaffold.parity.weightmap import WeightMap
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.maps.pair import Pair

SEED = 1234
LIMIT = 1e-9
"""Relative to the norm; float64 rounding through a network of these sizes stays below 1e-12."""


def distance(pair: Pair, file: Path) -> float:
    """Give how far ours is from theirs with an independent set of weights, relative to the norm."""
    weights = WeightMap.read(file)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        theirs, ours = pair.theirs().eval(), pair.ours().eval()
        theirs.load_state_dict(perturbed(theirs.state_dict(), seed=SEED))
        inputs = pair.batch()
    state = weights.to_ours(theirs.state_dict(), like=ours.state_dict())
    ours.load_state_dict(state, strict=not weights.rules.dropped)
    wide = tuple(value.double() if value.is_floating_point() else value for value in inputs)
    with torch.no_grad():
        a, b = _first(theirs.double()(*wide)), _first(ours.double()(*wide))
    return float((a - b).norm() / a.norm()) if a.shape == b.shape else float("inf")


def _first(output: object) -> Tensor:
    return next(leaf for leaf in all_leaves(output).values() if isinstance(leaf, Tensor))
