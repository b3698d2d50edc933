"""Hold what a comparison found, without knowing how it was found."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.core.curve import Curve
    from scaffold.core.difference import Difference


class Verdict(StrEnum):
    """What is said of one compared item, best first."""

    EQUAL = "equal"
    """Bit for bit the same."""
    ROUNDING = "rounding"
    """Another rounding of the same function: the measured ratio is within its limit."""
    WEAK = "weak"
    """Agrees, but the golden could not have shown a difference."""
    NOT_COMPARABLE = "not comparable"
    """Could not be judged; the reason says why."""
    DIFFERENT = "different"
    """Beyond what rounding explains."""
    SHAPE = "shape"
    """Shapes or dtypes differ, so values were not compared."""
    MISSING = "missing"
    """Theirs has it, ours does not (or has nothing mapped to it)."""

    @property
    def agrees(self) -> bool:
        """Whether the item counts as the same; that a golden is weak is said beside it."""
        return self in (Verdict.EQUAL, Verdict.ROUNDING, Verdict.WEAK)


class Rung(StrEnum):
    """The steps of the parity ladder, in the order in which they are climbed."""

    STRUCTURE = "structure"
    WEIGHTS = "weights"
    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    """The gradients of each part alone, under the cotangent that reached it in theirs."""
    GRADIENT = "gradient"
    TRAIN = "train"
    """Each part in training mode, under the random numbers that theirs drew."""
    OPTIMIZER = "optimizer"
    SCHEDULE = "schedule"
    EMA = "ema"
    """The averaged weights."""
    STATE = "state"
    INIT = "init"
    DATA = "data"
    """Every operation from the source of a sample to the input of the model."""
    METRICS = "metrics"
    """What is reported, on stored predictions."""
    TRACE = "trace"
    PRECISION = "precision"
    """The numbers of a working precision, end to end, against its measured noise floor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """One verdict with the ratio that led to it.

    `ratio` is q of the parity design: the distance to the candidate's float64 result, in units
    of the rounding that the candidate itself makes. `None` where nothing was measured.
    """

    verdict: Verdict
    ratio: float | None = None
    worst: str = ""
    """The worst element and its values, e.g. `(0, 3, 7): theirs 0.52, ours 0.61`."""
    probe: str = ""
    """The probe on which it was seen."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeRow:
    """The three verdicts on one part on one probe, the worst of its calls."""

    probe: str
    local: Judgement
    interface: Judgement
    end_to_end: Judgement


@dataclass(frozen=True, kw_only=True, slots=True)
class PartRow:
    """The three verdicts on one part of the reference, and how its output has drifted."""

    part: str
    """Path in the reference; `""` is the whole model."""
    ours: str
    """Path in the reimplementation; empty with `missing` when nothing is mapped to it."""
    kind: str
    """Class name in the reference."""
    local: Judgement
    interface: Judgement
    end_to_end: Judgement
    probes: tuple[str, ...] = ()
    through: str | None = None
    """Our name of the part around it that agrees, where the part alone is not comparable."""
    order: int | None = None
    """When its first call ends among all calls of the reference; None where that is not known."""
    source: str = ""
    """File and line of the reference's class, where the bundle knows them."""
    by_probe: tuple[ProbeRow, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the part is the same, wherever its input comes from."""
        return self.local.verdict.agrees or self.through is not None

    @property
    def gain(self) -> float | None:
        """How many times it enlarges the ratio that reaches it in a live run.

        A ratio below 1 that reaches it counts as 1, one rounding. None where the part itself is
        wrong, since that is no amplification, and where a ratio was not measured.
        """
        before, after = self.interface.ratio, self.end_to_end.ratio
        if not self.local.verdict.agrees or before is None or after is None:
            return None
        if not (math.isfinite(before) and math.isfinite(after)):
            return None
        return after / max(before, 1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class RungRow:
    """One item of one rung: a parameter, a loss term, a step of a table."""

    rung: Rung
    item: str
    judgement: Judgement
    part: str = ""
    """The part it belongs to, in our names, where there is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Divergence:
    """The first place, in dataflow order, that is wrong while its inputs are right."""

    rung: Rung
    place: str
    """Our name of the part or item, or `glue before <part>`."""
    because: str
    """What was measured there, in one sentence."""
    remedy: str
    evidence: tuple[str, ...] = ()
    """What running hypotheses on it showed; empty where none were run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Everything one comparison found."""

    reference: str
    bundle: str
    parts: tuple[PartRow, ...]
    rungs: tuple[RungRow, ...]
    first: Divergence | None = None
    unmatched: tuple[str, ...] = ()
    """Parts of the reference with nothing of ours mapped to them, each with the reason."""
    notes: tuple[str, ...] = field(default=())
    limit: float | None = None
    """The greatest ratio that rounding explains; None where the comparison did not say it."""
    provenance: tuple[tuple[str, str], ...] = ()
    """What was compared with what and where, as name and text."""
    differences: tuple[Difference, ...] = ()
    """A close look at what differs, in dataflow order; empty where nobody asked for it."""
    curves: tuple[Curve, ...] = ()
    """The tables that differ; empty where nobody asked for them."""
    within: tuple[tuple[str, str], ...] = ()
    """Parts that have no row, since the reference never calls them or ours does without them, each
    with the part around in which they are compared."""

    @property
    def agrees(self) -> bool:
        """Whether every part and every item is the same."""
        return (
            not self.unmatched
            and all(row.agrees for row in self.parts)
            and all(row.judgement.verdict.agrees for row in self.rungs)
        )
