"""Judge the numbers of a working precision, end to end, against what that precision has to cost.

Whether ours is the same model is settled on the rungs below. Here the question is another: does it
give the same numbers when it runs in bfloat16, compiled, exported? The floor is measured, not
chosen: ours in float64 with one rounding of that precision after every part and on all weights, and
theirs' own error in that precision where it was recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity.goldens import calls_of, tensor
from scaffold.parity.judge import LIMIT, worst_of
from scaffold.parity.ratio import ratios
from scaffold.parity.rungs import sides
from scaffold.trace import roles
from scaffold.trace.arrays import stored
from scaffold.trace.forward import Call, traced, watched
from scaffold.trace.reload import forget
from scaffold.trace.working import EAGER, ran, rounded, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor, nn

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

    Numbers = NDArray[np.float64]

REAL = "real"
"""The probe that is asked: the adapter's own batch."""
TURNS = (1, 2)
LOW_LIMIT = 2.0
"""The greatest q in bfloat16 and float16.

Measured on 12 image models of timm (resnet18 to poolformer, perturbed weights, torch 2.14, CPU):
0.18 to 0.39 in bfloat16 and 0.21 to 0.42 in float16, since autocast rounds less often than the
floor does. A variance computed as the difference of two means, beside a mean of 30, stands at 2.9.
Modes that work in float32 have the floor of ours in plain float32 too, and the limit of the
forward rung.
"""


def rows(
    bundle: Bundle,
    candidate: Subject,
    weights: WeightMap,
    modes: Sequence[str] = roles.PRECISIONS,
) -> tuple[RungRow, ...]:
    """Give one row for each way to run ours, on the real batch."""
    whole = next(call for call in calls_of(bundle, REAL) if call.part == "")
    inputs = [tensor(bundle, entry) for entry in whole.inputs]
    state = sides.tensors(bundle, roles.WEIGHT)
    model = sides.model(candidate, weights, state, torch.float32)
    return tuple(_row(bundle, candidate, model, inputs, mode) for mode in modes)


def _row(
    bundle: Bundle, candidate: Subject, model: nn.Module, inputs: list[Tensor], mode: str
) -> RungRow:
    forget(model)  # the one before ran it in another precision
    try:
        with candidate.imports():
            ours = ran(model, inputs, mode)
    except Exception as error:  # noqa: BLE001 - whatever stops this mode is the finding
        why = error.what if isinstance(error, ScaffoldError) else f"ours raises: {_first(error)}"
        judgement = Judgement(verdict=Verdict.NOT_COMPARABLE, reason=why)
        return RungRow(rung=Rung.PRECISION, item=mode, judgement=judgement)
    unit = unit_of(mode)
    exact = rounded(model, inputs, unit, 0)
    floors = [rounded(model, inputs, unit, turn) for turn in TURNS]
    if mode not in EAGER:
        floors.append(list(traced(model, inputs).calls))
    theirs = _theirs(bundle, mode)
    judgement = worst_of(
        _judged(mode, value, path, exact, floors, theirs.get(path)) for path, value in ours.items()
    )
    part = ""
    if judgement.verdict is Verdict.DIFFERENT and mode in EAGER:
        part = _where(model, inputs, mode, exact, floors)
    return RungRow(rung=Rung.PRECISION, item=mode, judgement=judgement, part=part)


def _first(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).splitlines() or ['no message'])[0]}"


def _theirs(bundle: Bundle, mode: str) -> Mapping[str, Numbers]:
    return {
        entry.leaf: bundle.array(entry).astype(np.float64)
        for entry in bundle.select(role=roles.WORKING, part=mode)
    }


def _judged(
    mode: str,
    value: Tensor,
    path: str,
    exact: list[Call],
    floors: list[list[Call]],
    theirs: Numbers | None,
) -> Judgement:
    right = _leaf(exact, path)
    if right is None or right.shape != value.shape:
        reason = f"the output {path!r} has another shape than in float64"
        return Judgement(verdict=Verdict.SHAPE, reason=reason)
    mine = _numbers(value)
    if not np.array_equal(np.isfinite(mine), np.isfinite(right)):
        lost = int((~np.isfinite(mine) & np.isfinite(right)).sum())
        reason = f"{lost} of {mine.size} values are no finite numbers, and are in float64"
        return Judgement(verdict=Verdict.DIFFERENT, ratio=float("inf"), reason=reason)
    noise = _noise(right, [_leaf(calls, path) for calls in floors], theirs)
    ratio = _ratio(mine, right, noise, unit_of(mode))
    agrees = Verdict.EQUAL if np.array_equal(mine, right) else Verdict.ROUNDING
    return Judgement(
        verdict=agrees if ratio <= _limit(mode) else Verdict.DIFFERENT,
        ratio=ratio,
        reason=_said(mine, right, theirs),
    )


def _limit(mode: str) -> float:
    return LOW_LIMIT if mode in EAGER else LIMIT


def _noise(exact: Numbers, floors: Sequence[Numbers | None], theirs: Numbers | None) -> Numbers:
    noise = np.zeros_like(exact)
    for floor in (*floors, theirs):
        if floor is not None and floor.shape == exact.shape:
            with np.errstate(invalid="ignore"):
                noise = np.fmax(noise, np.abs(floor - exact))
    return noise


def _ratio(value: Numbers, exact: Numbers, noise: Numbers, unit: float) -> float:
    """Give the greatest form of q over the finite elements."""
    finite = np.isfinite(value) & np.isfinite(exact) & np.isfinite(noise)
    mine, right, around = (np.where(finite, one, 0.0) for one in (value, exact, noise))
    found = ratios(mine, right, around, unit)
    return max(found.norm, found.row, found.peak)


def _said(mine: Numbers, exact: Numbers, theirs: Numbers | None) -> str:
    """Say how large the error is, and how large theirs was."""
    size = float(np.linalg.norm(exact[np.isfinite(exact)])) or 1.0

    def share(value: Numbers) -> str:
        gap = value - exact
        return f"{float(np.linalg.norm(gap[np.isfinite(gap)])) / size:.2g}"

    text = f"off float64 by {share(mine)} of its norm"
    return f"{text}, theirs by {share(theirs)}" if theirs is not None else text


def _numbers(leaf: torch.Tensor) -> Numbers:
    return np.asarray(stored(leaf), dtype=np.float64)


def _leaf(calls: list[Call], path: str, part: str = "", number: int = 0) -> Numbers | None:
    for call in calls:
        if call.part == part and call.call == number:
            leaf = call.outputs.get(path)
            return _numbers(leaf) if isinstance(leaf, torch.Tensor) else None
    return None


def _where(
    model: nn.Module, inputs: list[Tensor], mode: str, exact: list[Call], floors: list[list[Call]]
) -> str:
    """Name the first part that ends beyond its floor: in the order of endings, the innermost."""
    with (
        torch.no_grad(),
        watched(model) as calls,
        torch.autocast("cpu", dtype=EAGER[mode]),
    ):
        model(*inputs)
    unit = unit_of(mode)
    for call in sorted(calls, key=lambda call: call.done):
        for ratio in _ratios_of(call, exact, floors, unit):
            if ratio > LOW_LIMIT:
                return call.part
    return ""


def _ratios_of(
    call: Call, exact: list[Call], floors: list[list[Call]], unit: float
) -> Iterator[float]:
    for path, leaf in call.outputs.items():
        right = _leaf(exact, path, call.part, call.call)
        if not isinstance(leaf, torch.Tensor) or right is None or right.shape != leaf.shape:
            continue
        mine = _numbers(leaf)
        if not np.array_equal(np.isfinite(mine), np.isfinite(right)):
            yield float("inf")
            continue
        noise = _noise(right, [_leaf(f, path, call.part, call.call) for f in floors], None)
        yield _ratio(mine, right, noise, unit)
