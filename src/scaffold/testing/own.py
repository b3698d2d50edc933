"""Ask for parity in one's own tests: a whole comparison, or one pair of tensors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.core.comparison import Comparison, Judgement, Rung
from scaffold.golden import Bundle
from scaffold.parity import compare, judge
from scaffold.parity.weightmap import WeightMap
from scaffold.report.words import judgement_text
from scaffold.testing import divergence
from scaffold.testing.divergence import ParityDivergence
from scaffold.trace.subject import Subject, load

if TYPE_CHECKING:
    from collections.abc import Sequence


def assert_parity(
    bundle: Bundle | Path | str,
    candidate: Subject | Path | str,
    weights: WeightMap | Path | str,
    *,
    rungs: Sequence[Rung | str] = tuple(Rung),
) -> Comparison:
    """Fail unless a candidate agrees with a bundle on every item of the rungs.

    Args:
        bundle: The goldens, or their folder.
        candidate: Ours, or the file that builds it.
        weights: The weight map, or its file.
        rungs: What to compare.

    Raises:
        ParityDivergence: The first divergence, and the names of the others.
    """
    __tracebackhide__ = True
    comparison = compare(
        bundle if isinstance(bundle, Bundle) else Bundle.read(Path(bundle)),
        candidate if isinstance(candidate, Subject) else load(Path(candidate)),
        weights if isinstance(weights, WeightMap) else WeightMap.read(Path(weights)),
        rungs=tuple(Rung(rung) for rung in rungs),
    )
    message = divergence.of_comparison(comparison)
    if message:
        raise ParityDivergence(message)
    return comparison


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether two results are the same but for rounding; true or false, with its measure."""

    judgement: Judgement

    def __bool__(self) -> bool:
        return self.judgement.verdict.agrees

    def __repr__(self) -> str:
        found = (self.judgement.worst, self.judgement.reason)
        return f"<{'; '.join([judgement_text(self.judgement), *(text for text in found if text)])}>"


def agrees(theirs: Any, ours_f32: Any, ours_f64: Any) -> Agreement:  # noqa: ANN401 - any array
    """Say whether theirs is one more rounding of ours; made to be asserted.

    Args:
        theirs: The result to hold ours against: an exported model's, another framework's.
        ours_f32: Our result in float32.
        ours_f64: Our result in float64, from the same input and weights.
    """
    return Agreement(judge(theirs, ours_f32, ours_f64))
