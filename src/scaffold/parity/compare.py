"""Compare a candidate with a recorded reference, on all rungs or on some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.comparison import Comparison, Divergence, Judgement, Rung, RungRow, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity.absent import counterparts
from scaffold.parity.belonging import refuse_another_model
from scaffold.parity.coverage import Coverage, coverage
from scaffold.parity.first import first_divergence
from scaffold.parity.forward import Forward, forward, twin
from scaffold.parity.judge import LIMIT
from scaffold.parity.origin import origin
from scaffold.parity.rungs import GOLDENS, JUDGES, precision
from scaffold.parity.structure import structure_rows, weights_rows
from scaffold.parity.vacuity import Weakness, weakness
from scaffold.trace.offered import silence
from scaffold.trace.roles import PRECISIONS
from scaffold.trace.settled import settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

ALL = tuple(Rung)


def compare(
    bundle: Bundle,
    candidate: Subject,
    weights: WeightMap,
    rungs: Sequence[Rung] = ALL,
    *,
    precisions: Sequence[str] = PRECISIONS,
) -> Comparison:
    """Climb the ladder: every rung that is asked for, in its order.

    Args:
        bundle: What was recorded of theirs.
        candidate: Ours.
        weights: The map from theirs to ours.
        rungs: What to compare.
        precisions: How ours is run on the rung of that name; see `trace.working.MODES`.

    Raises:
        ScaffoldError: Ours cannot be built or run, or the bundle is not whole.
    """
    refuse_another_model(bundle, weights)
    asked = [rung for rung in ALL if rung in rungs]
    found: Forward | None = None
    rows: list[RungRow] = []
    for rung in asked:
        if rung is Rung.FORWARD:
            found = forward(bundle, candidate, weights)
        else:
            rows += rung_rows(rung, bundle, candidate, weights, precisions=precisions)
    seen = Coverage(unmatched=(), notes=())
    weak = Weakness(parts={}, notes=())
    if found is not None:
        seen, weak = coverage(bundle, weights, found), weakness(bundle)
    return Comparison(
        reference=str(bundle.provenance.get("adapter", "")),
        bundle=str(bundle.folder),
        parts=weak.told(found.rows) if found else (),
        rungs=tuple(rows),
        first=_first(rows, found),
        unmatched=seen.unmatched,
        notes=(*seen.notes, *weak.notes, *_silent(asked, bundle)),
        limit=LIMIT,
        provenance=origin(bundle),
        within=seen.within if found else _within(asked, bundle, candidate, weights),
    )


def _within(
    asked: Sequence[Rung], bundle: Bundle, candidate: Subject, weights: WeightMap
) -> tuple[tuple[str, str], ...]:
    """Give the parts that ours does without, for the rungs that judge part by part."""
    if not {Rung.BACKWARD, Rung.TRAIN} & {*asked}:
        return ()
    model = twin(bundle, candidate, weights)
    names = dict(model.named_modules(remove_duplicate=False))
    return tuple(counterparts(bundle, weights, names).absent.items())


def rung_rows(
    rung: Rung,
    bundle: Bundle,
    candidate: Subject,
    weights: WeightMap,
    *,
    precisions: Sequence[str] = PRECISIONS,
) -> tuple[RungRow, ...]:
    """Judge one rung; the forward rung has rows of another kind, see `forward_rows`.

    Raises:
        ValueError: The forward rung was asked for.
    """
    if rung is Rung.FORWARD:
        raise ValueError("the forward rung has one row a part: call forward_rows")
    if rung is Rung.STRUCTURE:
        return structure_rows(bundle, candidate, weights)
    if rung is Rung.WEIGHTS:
        return weights_rows(bundle, candidate, weights)
    if rung not in GOLDENS or not bundle.select(role=GOLDENS[rung]):
        return () if silence(rung, bundle.tables) else (_no_goldens(rung),)
    try:
        with settled():
            if rung is Rung.PRECISION:
                return precision.rows(bundle, candidate, weights, precisions)
            return JUDGES[rung](bundle, candidate, weights)
    except ScaffoldError:
        raise
    except Exception as error:
        raise ScaffoldError(
            f"ours raises on the rung {rung} ({type(error).__name__}: {error})",
            where=str(candidate.path),
            remedy=f"mend what stops it, then: scaffold compare --rung {rung}",
        ) from error


def _silent(asked: Sequence[Rung], bundle: Bundle) -> list[str]:
    """Say why nothing is said of some rungs."""
    empty = [rung for rung in asked if rung in GOLDENS and not bundle.select(role=GOLDENS[rung])]
    told = {rung: silence(rung, bundle.tables) for rung in empty}
    return [f"rung {rung}: {why}" for rung, why in told.items() if why]


def _no_goldens(rung: Rung) -> RungRow:
    """Give a row for a rung that was never recorded: a finding, not a skip."""
    judgement = Judgement(
        verdict=Verdict.MISSING,
        reason="the bundle has no goldens of this rung: let the adapter define what it needs, "
        "and record again",
    )
    return RungRow(rung=rung, item="no-goldens", judgement=judgement)


def _first(rows: Sequence[RungRow], found: Forward | None) -> Divergence | None:
    """Give the first divergence on the lowest rung that has one."""
    for rung in ALL:
        if rung is Rung.FORWARD and found is not None:
            divergence = first_divergence(found.calls)
            if divergence is not None:
                return divergence
        for row in rows:
            if row.rung is rung and not row.judgement.verdict.agrees:
                return _on(row)
    return None


def _on(row: RungRow) -> Divergence:
    judgement = row.judgement
    ratio = "" if judgement.ratio is None else f"q {judgement.ratio:.3g}"
    said = ", ".join(text for text in (ratio, judgement.worst, judgement.reason) if text)
    return Divergence(
        rung=row.rung,
        place=row.item,
        because=f"{judgement.verdict}: {said}" if said else str(judgement.verdict),
        remedy=f"mend this before the rungs above {row.rung}: they stand on it",
    )
