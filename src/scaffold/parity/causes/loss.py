"""Find out why a term of a loss differs, in its value or only in its gradient."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from scaffold.core.comparison import Rung
from scaffold.core.diagnosis import Diagnosis
from scaffold.parity.causes.bench import function_bench
from scaffold.parity.causes.measure import NEVER
from scaffold.parity.causes.registry import of_rung
from scaffold.parity.causes.search import Search
from scaffold.parity.causes.trial import Sample
from scaffold.parity.rungs import noise
from scaffold.parity.rungs.loss import LIMIT, TURNS
from scaffold.trace.loss import Case, Term, evaluated
from scaffold.trace.streams import nudged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from scaffold.parity.causes import measure
    from scaffold.parity.causes.bench import Run
    from scaffold.parity.causes.measure import Leaves
    from scaffold.parity.causes.watch import Watch
    from scaffold.trace.loss import LossTerms
    from scaffold.trace.nest import Outline

ALWAYS = 4
"""Roundings that are measured at once; the rest only where these leave a doubt."""


def diagnose_loss(
    loss_terms: LossTerms,
    structure: Outline,
    cases: Sequence[tuple[Case, Mapping[str, Term]]],
    term: str,
    limit: float = LIMIT,
) -> Diagnosis:
    """Run every hypothesis about a loss on one of its terms.

    Args:
        loss_terms: Ours.
        structure: How the recorded output is nested.
        cases: The recorded cases, each with theirs' terms.
        term: The term that differs.
        limit: The q up to which a difference is rounding.
    """
    given = {case.name: case for case, _ in cases}
    samples = tuple(
        Sample(
            probe=case.name, args=tuple(case.leaves.values()), kwargs={}, theirs=_flat(terms[term])
        )
        for case, terms in cases
        if term in terms
    )

    def call(run: Run, watch: Watch) -> dict[str, Tensor]:
        case = given[run.sample.probe]
        if run.turn:
            moved = {path: nudged(leaf, run.turn, path) for path, leaf in case.leaves.items()}
            case = Case(name=case.name, leaves=moved, target=case.target)

        def seen(output: Any, target: Tensor) -> Mapping[str, Tensor]:  # noqa: ANN401
            with watch:
                return loss_terms(output, target)

        return _flat(evaluated(seen, structure, case, run.dtype)[term])

    if not samples:
        return Diagnosis(ours=NEVER, note=f"theirs has no term {term}, so nothing could be run")
    try:
        bench = function_bench(call, samples, listed=True)
    except Exception as error:  # noqa: BLE001 - whatever ours raises is what there is to say
        return Diagnosis(
            ours=NEVER,
            note=f"our loss fails on theirs' output ({type(error).__name__}: {error}), "
            "so nothing could be run",
        )
    return Search(bench, limit, partial(_ratio, limit)).diagnose(of_rung(Rung.LOSS))


def _ratio(limit: float, theirs: Leaves, run: measure.Run) -> float:
    """Return q over the value and the gradients: one number alone may be rounded well by luck."""
    exact = run(torch.float64, 0)
    worst = NEVER
    for turns in (range(ALWAYS), range(TURNS)):
        roundings = [run(torch.float32, turn) for turn in turns]
        worst = 0.0
        for leaf, value in theirs.items():
            found = noise.judged(
                noise.numbers(value),
                noise.numbers(exact[leaf]),
                [noise.numbers(rounding[leaf]) for rounding in roundings],
                limit=limit,
            )
            worst = max(worst, NEVER if found.ratio is None else found.ratio)
        if worst <= limit or worst > 10 * limit:
            break
    return worst


def _flat(term: Term) -> dict[str, Tensor]:
    return {"value": term.value} | {f"gradient {p}": g for p, g in term.gradients.items()}
