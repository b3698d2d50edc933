"""Find out what theirs' parameter was drawn from: family and gain, by its statistics."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scaffold.core.diagnosis import Diagnosis, Explanation
from scaffold.parity.causes.registry import rows_of
from scaffold.parity.rungs.init import LIMIT
from scaffold.parity.rungs.sampling import statistics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.parity.ratio import Numbers

DRAWN = 16384
SEED = 20190
CUT = 0.8796256610342398
"""Standard deviation of a standard normal cut at two."""
FIT = 2 / 3
"""Share of the limit: two samples of one distribution lie nearer than what is just not wrong."""
FEW = 64
"""Below this many numbers a distribution cannot be told."""


def diagnose_init(
    theirs: Numbers, ours: Numbers, shape: Sequence[int], limit: float = LIMIT
) -> Diagnosis:
    """Run every hypothesis about the start of one tensor.

    Args:
        theirs: All recorded numbers over the seeds.
        ours: Ours, likewise.
        shape: Of the tensor, for its fans.
        limit: The number of sampling errors that is chance.
    """
    before = _errors(theirs, ours)
    if before <= limit:
        return Diagnosis(ours=before, note="the start agrees: there is no cause")
    now = _spoken(ours)
    fits: list[Explanation] = []
    near: list[Explanation] = []
    tried = 0
    for name, claim, sample in _trials(theirs, shape):
        tried += 1
        ratio = _errors(theirs, sample)
        one = Explanation(
            hypothesis=name,
            claim=claim,
            ours=now,
            place="what it starts from",
            ratio=ratio,
            rows=rows_of(name),
        )
        (fits if ratio <= FIT * limit else near).append(one)
    scaled = [one for one in fits if one.hypothesis == "init-scale"][:1]
    named = sorted((one for one in fits if one not in scaled), key=lambda one: one.ratio)
    named = [one for one in named if one.hypothesis != "init-scale"] or scaled
    return Diagnosis(
        ours=before,
        fits=tuple(named),
        also=tuple(one for one in scaled if one not in named),
        runner_up=min(near, key=lambda one: one.ratio, default=None),
        tried=tried,
    )


def _trials(theirs: Numbers, shape: Sequence[int]) -> Iterator[tuple[str, str, Numbers]]:
    if np.ptp(theirs) == 0.0:
        value = float(theirs.flat[0])
        for prior in (0.01, 0.02, 0.05, 0.1):
            bias = -math.log((1 - prior) / prior)
            if math.isclose(value, bias, rel_tol=1e-6):
                yield "init-prior", f"-log((1-p)/p) for p={prior:g}", np.full(2, value)
                return
        yield "init-constant", f"{value:.6g} everywhere", np.full(2, value)
        return
    if theirs.size < FEW:
        return
    stream = np.random.RandomState(SEED)
    normal = stream.standard_normal(DRAWN)
    uniform = stream.uniform(-1.0, 1.0, DRAWN)
    cut = normal[np.abs(normal) < 2.0]  # noqa: PLR2004 - deviations
    for name, deviation in _deviations(shape).items():
        yield "init-family", f"normal, {name}", normal * deviation
        yield "init-family", f"uniform, {name}", uniform * deviation * math.sqrt(3.0)
        yield "init-cut", f"normal cut at two deviations, {name}", cut * deviation
        yield "init-cut", f"cut at two deviations and widened, {name}", cut * deviation / CUT
    spread = float(theirs.std())
    for digits in (1, 2, 3):
        number = float(f"{spread:.{digits - 1}e}")
        yield "init-scale", f"normal, deviation {number:g}", normal * number
        yield "init-scale", f"uniform, deviation {number:g}", uniform * number * math.sqrt(3.0)


def _deviations(shape: Sequence[int]) -> dict[str, float]:
    """Return the usual deviations of a tensor by the name of the rule."""
    found = {f"deviation {number:g}": number for number in (0.02, 0.01, 0.001, 0.05, 0.1, 1.0)}
    if len(shape) < 2:  # noqa: PLR2004 - fans need two axes
        return found
    field = math.prod(shape[2:])
    into, out = shape[1] * field, shape[0] * field
    return found | {
        "Xavier/Glorot": math.sqrt(2.0 / (into + out)),
        "Kaiming fan_in, relu": math.sqrt(2.0 / into),
        "Kaiming fan_out, relu": math.sqrt(2.0 / out),
        "LeCun (1/fan_in)": math.sqrt(1.0 / into),
        "1/fan_out": math.sqrt(1.0 / out),
        "torch's default (a=sqrt(5))": math.sqrt(1.0 / (3.0 * into)),
    }


def _errors(theirs: Numbers, ours: Numbers) -> float:
    """Return the worst statistic in sampling errors; exact for what is constant."""
    fixed, also = np.ptp(theirs) == 0.0, np.ptp(ours) == 0.0
    if fixed and also:
        same = math.isclose(float(theirs.flat[0]), float(ours.flat[0]), rel_tol=1e-6)
        return 0.0 if same else float("inf")
    if fixed or also:
        return float("inf")
    return max(one.errors for one in statistics(theirs.ravel(), ours.ravel()))


def _spoken(values: Numbers) -> str:
    if np.ptp(values) == 0.0:
        return f"{float(values.flat[0]):.4g} everywhere"
    return f"mean {values.mean():.4g}, deviation {values.std():.4g}"
