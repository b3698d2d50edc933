"""Judge each term of our loss: its value, and its gradient at the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity.rungs import noise, sides
from scaffold.trace import roles
from scaffold.trace.loss import Case, Term, evaluated
from scaffold.trace.streams import nudged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

LIMIT = 6.0
"""Measured on 20 recordings and four ways to write the loss: q at most 3.3, median 1.0;
the wrong losses of the tests stand at 2e4 and more."""
TURNS = 8
"""Roundings to measure: a value is one number, and one rounding of one number says little."""


def rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return two rows per term, `<term> value` and `<term> gradient`, each with its worst case."""
    del weights
    found: dict[str, list[Judgement]] = {}
    for entry in bundle.select(role=roles.LOSS_TARGET):
        probe = entry.probe
        case = Case(
            name=probe,
            leaves=sides.tensors(bundle, roles.LOSS_INPUT, by="leaf", probe=probe),
            target=sides.tensors(bundle, roles.LOSS_TARGET, probe=probe)[""],
        )
        for item, judgement in _judged(bundle, candidate, case).items():
            found.setdefault(item, []).append(judgement)
    return tuple(
        RungRow(rung=Rung.LOSS, item=item, judgement=noise.worst_of(judgements))
        for item, judgements in found.items()
    )


def _judged(bundle: Bundle, candidate: Subject, case: Case) -> dict[str, Judgement]:
    theirs = sides.tensors(bundle, roles.LOSS_VALUE, probe=case.name)
    structure = bundle.table(roles.LOSS)["structure"]
    try:
        exact = evaluated(candidate.loss_terms, structure, case, torch.float64)
        roundings = [
            evaluated(candidate.loss_terms, structure, _turned(case, turn), torch.float32)
            for turn in range(TURNS)
        ]
    except (ScaffoldError, RuntimeError) as error:
        because = f"ours fails where theirs does not: {str(error).splitlines()[0]}"
        failed = Judgement(verdict=Verdict.DIFFERENT, probe=case.name, reason=because)
        return {f"{term} value": failed for term in theirs}
    found: dict[str, Judgement] = {}
    for term, value in theirs.items():
        if term not in exact:
            reason = f"our loss has the terms {', '.join(sorted(exact))}"
            found[f"{term} value"] = Judgement(verdict=Verdict.MISSING, reason=reason)
            continue
        found[f"{term} value"] = noise.judged(
            noise.numbers(value),
            noise.numbers(exact[term].value),
            [noise.numbers(rounding[term].value) for rounding in roundings],
            limit=LIMIT,
            probe=case.name,
        )
        found[f"{term} gradient"] = _gradient(
            bundle, case, term, exact[term], [rounding[term] for rounding in roundings]
        )
    for term in sorted(exact.keys() - theirs.keys()):
        reason = f"theirs has the terms {', '.join(sorted(theirs))}"
        found[f"{term} value"] = Judgement(verdict=Verdict.DIFFERENT, reason=reason)
    return found


def _gradient(
    bundle: Bundle, case: Case, term: str, exact: Term, roundings: list[Term]
) -> Judgement:
    """Judge one term's gradient at every leaf of the output."""
    theirs: Mapping[str, torch.Tensor] = {
        entry.leaf: torch.from_numpy(bundle.array(entry).copy())
        for entry in bundle.select(role=roles.LOSS_GRADIENT, part=term, probe=case.name)
    }
    return noise.worst_of(
        noise.judged(
            noise.numbers(value),
            noise.numbers(exact.gradients[leaf]),
            [noise.numbers(rounding.gradients[leaf]) for rounding in roundings],
            limit=LIMIT,
            probe=case.name,
        )
        for leaf, value in theirs.items()
    )


def _turned(case: Case, turn: int) -> Case:
    """Return the case moved by one unit round-off; turn 0 is the case itself."""
    if turn == 0:
        return case
    moved = {path: nudged(leaf, turn, path) for path, leaf in case.leaves.items()}
    return Case(name=case.name, leaves=moved, target=case.target)
