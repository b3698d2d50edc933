"""Ask scaffold itself: does ours differ, where first, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from benchmarks.defects.policies.answer import Answer, Policy, Sides
from benchmarks.defects.subjects import bundle_of, candidate_of
from scaffold.core.comparison import Comparison, Divergence, Rung, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity.compare import compare
from scaffold.parity.explain import part_diagnosis
from scaffold.parity.forward import twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from benchmarks.defects.case import Case
    from scaffold.core.diagnosis import Diagnosis
    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap

RUNGS = (Rung.STRUCTURE, Rung.FORWARD)
GLUE = "glue before "
MODEL = "the model"
WRONG = (Verdict.DIFFERENT, Verdict.SHAPE, Verdict.MISSING)


def answer(sides: Sides) -> Answer:
    """Compare one case with the recorded reference."""
    return answered(sides.case)


def answered(case: Case) -> Answer:
    """Compare one case with the recorded reference."""
    bundle = bundle_of(case.pair)
    subject = candidate_of(case)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        try:
            found = compare(bundle, subject, case.weights, RUNGS)
        except ScaffoldError as error:
            return Answer(differs=False, refused=str(error).splitlines()[0])
        model = twin(bundle, subject, case.weights)
        nearest = case.links.nearest
        places = tuple(dict.fromkeys(_places(found, model, nearest)))
        why = _why(bundle, found, model, case.weights, places)
    cause, rows = _cause(why)
    return Answer(
        differs=not found.agrees,
        places=places,
        cause=cause,
        cause_rows=rows,
        notes=_notes(found) | ({"why": list(why.sentences)} if why else {}),
    )


def _places(found: Comparison, model: nn.Module, nearest: Callable[[str], str]) -> list[str]:
    places = [_place(found.first, model, nearest)] if found.first else []
    return places + [row.ours for row in found.parts if row.local.verdict in WRONG]


def _place(first: Divergence, model: nn.Module, nearest: Callable[[str], str]) -> str:
    """Give the part that a divergence names.

    For glue it is the part around what the glue stands before, the innermost that theirs has too.
    """
    said = first.place
    if first.rung is Rung.STRUCTURE:
        return said.rpartition(".")[0]
    if not said.startswith(GLUE):
        return "" if said == MODEL else said
    around = said.removeprefix(GLUE).rpartition(".")[0]
    modules = dict(model.named_modules())
    while around and isinstance(modules.get(around), torch.nn.ModuleList):
        around = around.rpartition(".")[0]
    return nearest(around)


def _why(
    bundle: Bundle,
    found: Comparison,
    model: nn.Module,
    weights: WeightMap,
    places: tuple[str, ...],
) -> Diagnosis | None:
    """Run the hypotheses on the first place, where there is one."""
    if found.agrees or not places:
        return None
    row = next((row for row in found.parts if row.ours == places[0]), None)
    if row is None or row.local.verdict.agrees:
        return None
    return part_diagnosis(bundle, found, model, weights, row)


def _cause(why: Diagnosis | None) -> tuple[str, tuple[str, ...]]:
    """Give the first hypothesis that reproduces theirs; several that fit cannot be told apart.

    One without a row of the catalogue says what to leave out or to put elsewhere, and names no
    cause.
    """
    if why is None or not why.fits or not why.fits[0].rows:
        return "", ()
    best = why.fits[0]
    return f"{best.hypothesis}: {best.claim}", (best.hypothesis, *best.rows)


def _notes(found: Comparison) -> dict[str, object]:
    """Keep what explains a miss or a false alarm."""
    if found.agrees:
        return {}
    bad = [row for row in found.parts if not row.agrees]
    return {
        "first": f"{found.first.place}: {found.first.because}"[:300] if found.first else "",
        "unmatched": list(found.unmatched[:3]),
        "parts": [
            f"{row.ours}: {row.local.verdict} {row.local.ratio} {row.local.reason}"[:200]
            for row in bad[:3]
        ],
        "rungs": [
            f"{row.rung} {row.item}: {row.judgement.reason}"[:200]
            for row in found.rungs
            if not row.judgement.verdict.agrees
        ][:3],
    }


SCAFFOLD = Policy("scaffold", answer)
