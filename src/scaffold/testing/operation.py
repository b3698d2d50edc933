"""Add the first operation that differs to a divergence, where operations were recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.core.comparison import Divergence, Rung
from scaffold.golden.manifest import MANIFEST

if TYPE_CHECKING:
    from scaffold.golden import Bundle
    from scaffold.house.manifest import ParityPaths
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject


def with_operation(
    first: Divergence,
    paths: ParityPaths,
    bundle: Bundle,
    candidate: Subject,
    weights: WeightMap,
) -> Divergence:
    """Say which operation within the first part that diverges is the first to differ (tier T2).

    Raises:
        ScaffoldError: What was recorded is not whole, or ours cannot be built.
    """
    part = weights.part_to_theirs(first.place) if first.rung is Rung.FORWARD else None
    if part is None or not (paths.operations(part) / MANIFEST).is_file():
        return first
    from scaffold.golden import Bundle  # noqa: PLC0415 - needs numpy
    from scaffold.parity.operation import first_operation  # noqa: PLC0415 - needs torch

    said = first_operation(Bundle.read(paths.operations(part)), bundle, candidate, weights)
    return replace(first, evidence=(*first.evidence, said))
