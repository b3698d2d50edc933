"""Ask scaffold why the first part differs, on the calls of theirs that the bundle holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.parity import goldens
from scaffold.parity.causes import diagnose_part
from scaffold.parity.causes.trial import Sample
from scaffold.parity.pairing import paired_inputs, paired_outputs
from scaffold.trace.forward import traced
from scaffold.trace.swap import swapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

    from scaffold.core.comparison import Comparison
    from scaffold.core.diagnosis import Diagnosis
    from scaffold.golden import Bundle
    from scaffold.parity.goldens import TheirCall


def diagnosis(bundle: Bundle, found: Comparison, model: nn.Module, place: str) -> Diagnosis | None:
    """Run the hypotheses on the part that was named; None where no row of parts has it."""
    row = next((row for row in found.parts if row.ours == place), None)
    if row is None or row.local.verdict.agrees:
        return None
    prefix = f"{place}." if place else ""
    proved = [
        other.ours.removeprefix(prefix)
        for other in found.parts
        if other.ours.startswith(prefix) and other.ours != place and other.local.verdict.agrees
    ]
    samples = tuple(_samples(bundle, model, row.part, place))
    return diagnose_part(model.get_submodule(place), samples, proved=proved)


def _samples(bundle: Bundle, model: nn.Module, theirs: str, ours: str) -> Iterator[Sample]:
    for probe in goldens.probes_of(bundle):
        calls = goldens.calls_of(bundle, probe)
        whole = next(call for call in calls if call.part == "")
        trace = traced(model, tuple(goldens.tensor(bundle, entry) for entry in whole.inputs))
        for call in calls:
            mine = trace.find(ours, call.call) if call.part == theirs else None
            if mine is not None:
                yield from _sample(bundle, probe, call, mine)


def _sample(bundle: Bundle, probe: str, call: TheirCall, mine: Any) -> Iterator[Sample]:
    given, made = (
        paired_inputs(call.inputs, mine.inputs),
        paired_outputs(call.outputs, mine.outputs),
    )
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
