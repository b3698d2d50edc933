"""Put what is known about the full model beside what the twin shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.core.sizes import FULL
from scaffold.golden.manifest import MANIFEST

if TYPE_CHECKING:
    from scaffold.core.comparison import Comparison
    from scaffold.golden import Bundle
    from scaffold.house.manifest import ParityPaths
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

SKETCHES, TENSORS = "T0", "T1"
TIERS = (SKETCHES, TENSORS)
"""What the full model is judged on: committed sketches, or full tensors from the cache."""

MODEL = f"{FULL}the model"


@dataclass(frozen=True, slots=True)
class FullModel:
    """The goldens of the full model, opened, or why there are none."""

    paths: ParityPaths
    bundle: Bundle | None
    tier: str
    absent: str = ""

    @classmethod
    def open(cls, paths: ParityPaths, twin: Bundle, tier: str) -> FullModel:
        """Open the bundle of the full model, and with tier T1 see that its tensors are there.

        Raises:
            ScaffoldError: The bundle is not whole, or the cache lacks tensors that T1 needs.
        """
        from scaffold.golden import Bundle  # noqa: PLC0415 - needs numpy

        if not (paths.full / MANIFEST).is_file():
            return cls(paths, None, tier, _absent(paths, twin))
        bundle = Bundle.read(paths.full)
        if tier == TENSORS:
            from scaffold.parity.fulltensors import refuse_without_tensors  # noqa: PLC0415 - torch

            refuse_without_tensors(bundle, paths.cache)
        return cls(paths, bundle, tier)

    def beside(self, found: Comparison, candidate: Subject, weights: WeightMap) -> Comparison:
        """Add the rows of the full model to those of the twin, or a note where there are none.

        The twin's divergence comes first: it is the smaller model, judged on full tensors.
        """
        if self.bundle is None:
            return replace(found, notes=(*found.notes, self.absent)) if self.absent else found
        try:
            full = self._compared(self.bundle, candidate, weights)
        except ScaffoldError as error:
            judgement = Judgement(verdict=Verdict.NOT_COMPARABLE, reason=error.what)
            row = RungRow(rung=Rung.FORWARD, item=MODEL, judgement=judgement)
            return replace(found, rungs=(*found.rungs, row))
        return replace(
            found,
            parts=(*found.parts, *full.parts),
            first=found.first or full.first,
            unmatched=(*found.unmatched, *full.unmatched),
            within=(*found.within, *full.within),
            notes=(*found.notes, *full.notes),
        )

    def _compared(self, bundle: Bundle, candidate: Subject, weights: WeightMap) -> Comparison:
        if self.tier == TENSORS:
            from scaffold.parity.fulltensors import compare_tensors  # noqa: PLC0415 - needs torch

            return compare_tensors(bundle, self.paths.cache, candidate, weights)
        from scaffold.parity.full import compare_full  # noqa: PLC0415 - likewise

        return compare_full(bundle, candidate, weights)


def twin_alone(comparison: Comparison) -> Comparison:
    """Leave the full model out: hypotheses are run on the twin, which has tensors."""
    first = comparison.first
    if first is not None and FULL in first.place:
        first = None
    parts = tuple(row for row in comparison.parts if not row.part.startswith(FULL))
    return replace(comparison, parts=parts, first=first)


def _absent(paths: ParityPaths, twin: Bundle) -> str:
    """Say why there are no goldens of the full model; empty where the twin is the full model."""
    told = twin.tables.get("full")
    if told is not None:
        return (
            f"full model: left out when the goldens were recorded ({told['reason']}), so only its "
            "structure is compared"
        )
    sizes = twin.tables.get("structure", {})
    if sizes.get("twin") == sizes.get("full"):
        return ""
    place = paths.full.relative_to(paths.root).as_posix()
    return (
        f"full model: there are no goldens of it ({place}), so only its structure is compared; "
        "scaffold record makes them"
    )
