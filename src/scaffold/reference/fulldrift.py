"""Say how far two recordings of a full model are apart, tensor by tensor, by their sketches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scaffold.golden.sketch import Sketch, distance
from scaffold.golden.sketched import CALLS, ROLE, TABLE, Sketches, calls_of

if TYPE_CHECKING:
    from scaffold.golden import Bundle

ROLES = frozenset({ROLE})
TABLES = frozenset({TABLE, CALLS})
"""What is read here, and so is not held against each other as it stands in the bundle: a tensor's
number depends on which tensors are equal, and that on the machine."""


def sketches_by_name(bundle: Bundle) -> dict[str, Sketch]:
    """Name every sketched tensor by its probe, part, call and path; none for a twin's bundle."""
    if TABLE not in bundle.tables:
        return {}
    sketches = Sketches.read(bundle)
    return {
        f"{side}:{call.part}#{call.call}:{path}@{probe}": sketches[number]
        for probe in bundle.table(CALLS)
        for call in calls_of(bundle, probe)
        for side, leaves in (("input", call.inputs), ("output", call.outputs))
        for path, number in leaves.items()
    }


def sketched_apart(old: Sketch, new: Sketch, unit: float) -> float:
    """Estimate the distance of two tensors in roundings of the old one."""
    if (old.dtype, old.shape, old.odd) != (new.dtype, new.shape, new.odd):
        return math.inf
    gap = distance(old, new)
    return 0.0 if gap == 0.0 else gap / (unit * old.norm) if old.norm else math.inf
