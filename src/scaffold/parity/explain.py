"""Add to a first divergence why it is one: the evidence of the hypotheses that were run."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from scaffold.core.comparison import Rung, Verdict
from scaffold.core.paths import within
from scaffold.parity import goldens
from scaffold.parity.causes import Sample, diagnose_part, diagnose_rung
from scaffold.parity.counted import never_called
from scaffold.parity.forward import twin
from scaffold.parity.grouped import LONGEST, takers
from scaffold.parity.pairing import fitted, paired_inputs, paired_outputs
from scaffold.trace.forward import traced
from scaffold.trace.settled import settled
from scaffold.trace.swap import swapped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from torch import nn

    from scaffold.core.comparison import Comparison, Divergence, PartRow
    from scaffold.core.diagnosis import Diagnosis
    from scaffold.golden import Bundle
    from scaffold.parity.goldens import TheirCall
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

GLUE = "glue before "
DIAGNOSED = (Rung.LOSS, Rung.OPTIMIZER, Rung.SCHEDULE, Rung.STATE, Rung.INIT)


def explained(
    comparison: Comparison, bundle: Bundle, candidate: Subject, weights: WeightMap
) -> Comparison:
    """Run the hypotheses on the first divergence; what agrees comes back as it is.

    Raises:
        ScaffoldError: Ours cannot be built or run.
    """
    first = comparison.first
    if first is None:
        return comparison
    found = _diagnosis(first, comparison, bundle, candidate, weights)
    if found is None:
        return comparison
    return replace(comparison, first=replace(first, evidence=found.sentences))


def _diagnosis(
    first: Divergence,
    comparison: Comparison,
    bundle: Bundle,
    candidate: Subject,
    weights: WeightMap,
) -> Diagnosis | None:
    if first.rung in DIAGNOSED:
        different = [
            row.item
            for row in comparison.rungs
            if row.rung is first.rung and row.judgement.verdict is Verdict.DIFFERENT
        ]
        if first.place not in different:
            return None
        return diagnose_rung(first.rung, bundle, candidate, weights, first.place)
    row = _suspect(comparison, first) if first.rung is Rung.FORWARD else None
    if row is None:
        return None
    with settled():
        return part_diagnosis(bundle, comparison, twin(bundle, candidate, weights), weights, row)


def _suspect(comparison: Comparison, first: Divergence) -> PartRow | None:
    """Give the part to try hypotheses on; for glue, the innermost wrong part around it."""
    place = first.place.removeprefix(GLUE)
    place = "" if place == "the model" else place
    glue = first.place.startswith(GLUE)
    around = [
        row
        for row in comparison.parts
        if not row.local.verdict.agrees
        and ((within(place, row.ours) and row.ours != place) if glue else row.ours == place)
    ]
    return max(around, key=lambda row: len(row.ours), default=None)


def part_diagnosis(
    bundle: Bundle, comparison: Comparison, model: nn.Module, weights: WeightMap, row: PartRow
) -> Diagnosis:
    """Run the hypotheses about one part of ours that differs from theirs.

    Args:
        bundle: What was recorded of theirs.
        comparison: What was found; the parts within that are right are left alone.
        model: Ours, with theirs' weights, in evaluation mode.
        weights: The map that says what ours should have been given.
        row: The part.
    """
    prefix = f"{row.ours}." if row.ours else ""
    proved = [
        other.ours.removeprefix(prefix)
        for other in comparison.parts
        if other.ours.startswith(prefix) and other.ours != row.ours and other.local.verdict.agrees
    ]
    mapped = weights.to_ours(goldens.weights_of(bundle), like=model.state_dict())
    wanted = {
        name.removeprefix(prefix): tensor
        for name, tensor in mapped.items()
        if name.startswith(prefix)
    }

    def diagnosed(samples: Iterable[Sample]) -> Diagnosis:
        module = model.get_submodule(row.ours)
        return diagnose_part(module, tuple(samples), proved=proved, wanted=wanted, kind=row.kind)

    alone = diagnosed(_samples(bundle, model, row))
    if alone.named or alone.note:
        return alone
    taken = {other.part for other in comparison.parts}
    for reach in range(1, LONGEST + 1):
        joined = tuple(_samples(bundle, model, row, reach=reach, taken=taken))
        if not joined:
            break
        found = diagnosed(joined)
        # A cause that is named there says more than what to leave out here.
        if found.named or (found.found and not alone.found):
            return found
    return alone if alone.found else never_called(comparison, row, alone)


def _samples(
    bundle: Bundle,
    model: nn.Module,
    row: PartRow,
    *,
    reach: int = 0,
    taken: Collection[str] = (),
) -> Iterator[Sample]:
    """Give each recorded call of the part: theirs' inputs in the form in which ours takes them.

    Args:
        bundle: What was recorded of theirs.
        model: Ours.
        row: The part.
        reach: How many parts of theirs, which have no counterpart and take on what the part gave,
            ours does in the same part: a norm with its activation inside. What they give is asked.
        taken: The parts of theirs that have a counterpart.
    """
    for probe in goldens.probes_of(bundle):
        calls = goldens.calls_of(bundle, probe)
        whole = next(call for call in calls if call.part == "")
        trace = traced(model, tuple(goldens.tensor(bundle, entry) for entry in whole.inputs))
        for call in calls:
            mine = trace.find(row.ours, call.call) if call.part == row.part else None
            if mine is None:
                continue
            chain = [call, *islice(takers(call, calls, taken), reach)]
            if len(chain) > reach:
                yield from _sample(bundle, probe, replace(call, outputs=chain[-1].outputs), mine)


def _sample(bundle: Bundle, probe: str, call: TheirCall, mine: Any) -> Iterator[Sample]:  # noqa: ANN401 - a call
    given = fitted(bundle, paired_inputs(call.inputs, mine.inputs), mine.inputs)
    made = paired_outputs(call.outputs, mine.outputs)
    if given.problem or made.problem:
        return

    def golden(path: str, leaf: object) -> object:
        entry = given.of.get(path)
        return leaf if entry is None else goldens.tensor(bundle, entry)

    yield Sample(
        probe=probe,
        args=swapped(mine.args, golden),
        kwargs=swapped(mine.kwargs, golden),
        theirs={path: goldens.tensor(bundle, entry) for path, entry in made.of.items()},
    )
