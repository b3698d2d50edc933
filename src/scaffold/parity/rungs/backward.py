"""Judge what flows back through each of our parts alone.

A part is given theirs' recorded input and, at its output, the cotangent that reached theirs. So a
wrong backward pass (a detach in the middle, a function with a gradient of its own) is named where
it is, and not at everything before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.parity.first import named
from scaffold.parity.goldens import TheirCall, calls_of, tensor
from scaffold.parity.pairing import paired_outputs
from scaffold.parity.rungs import noise, sides
from scaffold.parity.rungs.alone import Placed, complete, mapped_parts, placed
from scaffold.trace import roles
from scaffold.trace.backward import Pulled, pulled_alone
from scaffold.trace.forward import Trace, traced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn

    from scaffold.golden import Bundle, Entry
    from scaffold.parity.ratio import Numbers
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

_COTANGENT = roles.PART_COTANGENT
_INPUT, _PARAMETER = roles.PART_INPUT_GRADIENT, roles.PART_GRADIENT

LIMIT = 6.0
"""Measured on 540 parts of right models (6 recordings; attention, activation and mean written in
five ways): q at most 4.8 at the first look, where nothing was measured again. The faintest wrong
gradient of the benchmark stands at 5e5."""
TURNS = 4

_AT_INPUT = "input"
Pieces = dict[str, "Numbers"]
"""What is compared of one call: `input <leaf>`, or our name of a parameter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sides:
    """Everything that the judgement of one call needs."""

    bundle: Bundle
    weights: WeightMap
    gradients: dict[str, Tensor]
    """Theirs' gradients of the whole model, which most parts have too."""
    names: dict[int, str]
    """Our parameters' names in the model, by identity."""
    live: Trace
    modules: dict[str, nn.Module]
    mapped: dict[str, str]


def rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return one row per part of ours, in the order in which the backward pass is done with them.

    A part is done with when the gradient at its inputs is there: what lies within it comes first.
    """
    probe = bundle.table(roles.BACKWARD)["probe"]
    theirs = [call for call in calls_of(bundle, probe) if _entries(bundle, call, _COTANGENT)]
    state = sides.tensors(bundle, roles.WEIGHT)
    model = sides.model(candidate, weights, state, torch.float32)
    whole = next(call for call in calls_of(bundle, probe) if not call.part)
    mapped, modules = mapped_parts(model, weights, {call.part for call in theirs})
    both = _Sides(
        bundle=bundle,
        weights=weights,
        gradients=sides.tensors(bundle, roles.GRADIENT),
        names={id(value): name for name, value in model.named_parameters()},
        live=traced(model, [tensor(bundle, entry) for entry in whole.inputs]),
        modules=modules,
        mapped=mapped,
    )
    found: dict[str, list[Judgement]] = {}
    for call in sorted(theirs, key=lambda one: -one.order):
        if call.part in mapped:
            found.setdefault(mapped[call.part], []).append(_judged(both, call))
    return tuple(
        RungRow(
            rung=Rung.BACKWARD,
            item=named(ours),
            judgement=noise.worst_of(judgements),
            part=ours,
        )
        for ours, judgements in found.items()
    )


def _entries(bundle: Bundle, call: TheirCall, role: str) -> list[Entry]:
    return [e for e in bundle.select(role=role, part=call.part) if e.call == call.call]


def _judged(both: _Sides, call: TheirCall) -> Judgement:
    ours = both.mapped[call.part]
    mine = both.live.find(ours, call.call)
    if mine is None:
        reason = "theirs calls it, ours does not: see the rung forward"
        return Judgement(verdict=Verdict.NOT_COMPARABLE, reason=reason)
    put = placed(both.bundle, call, mine)
    if isinstance(put, Judgement):
        return put
    outputs = paired_outputs(call.outputs, mine.outputs)
    if outputs.problem:
        return Judgement(verdict=Verdict.NOT_COMPARABLE, reason=outputs.problem)
    at = {entry.leaf: path for path, entry in outputs.of.items()}
    arrives = {
        at[entry.leaf]: tensor(both.bundle, entry)
        for entry in _entries(both.bundle, call, _COTANGENT)
        if entry.leaf in at
    }
    part = both.modules[ours]

    def run(turn: int, dtype: torch.dtype | None = None) -> Pieces:
        back = pulled_alone(part, put.args, put.kwargs, arrives, dtype=dtype, turn=turn)
        return _pieces_of_ours(both, call, part, put, back)

    try:
        rounded = run(0)
    except Exception as error:  # noqa: BLE001 - whatever the part raises is a finding
        reason = f"ours raises on the way back: {type(error).__name__}: {error}"
        return Judgement(verdict=Verdict.DIFFERENT, reason=reason)
    return _compared(_pieces_of_theirs(both, call), rounded, run)


def _compared(theirs: Pieces, rounded: Pieces, run: Callable[..., Pieces]) -> Judgement:
    """Judge every piece; the noise is measured again while something is beyond the limit."""
    try:
        exact = run(0, torch.float64)
    except Exception:  # noqa: BLE001 - a part without float64 is held against itself
        exact = rounded
    roundings = [rounded]
    # A mask that ours takes in a form of its own is no tensor that theirs could speak of.
    asked = [name for name in theirs if name in exact or not name.startswith(_AT_INPUT)]
    for turn in range(1, TURNS + 1):
        judged = [_piece(name, theirs, exact, roundings) for name in asked]
        worst = noise.worst_of(judged or [Judgement(verdict=Verdict.EQUAL, ratio=0.0)])
        if worst.verdict is not Verdict.DIFFERENT or turn == TURNS:
            return worst
        roundings.append(run(turn))
    raise AssertionError("the last turn returns")


def _piece(name: str, theirs: Pieces, exact: Pieces, roundings: list[Pieces]) -> Judgement:
    if name not in exact:
        reason = f"gradient at {name}: ours has none, it is frozen or a buffer"
        return Judgement(verdict=Verdict.MISSING, reason=reason)
    judged = noise.judged(theirs[name], exact[name], [one[name] for one in roundings], limit=LIMIT)
    if judged.verdict.agrees:
        return judged
    reason = ": ".join(text for text in (f"gradient at {name}", judged.reason) if text)
    if not noise.numbers(exact[name]).any():
        reason = f"{reason}, where ours lets nothing through"
    return replace(judged, reason=reason)


def _pieces_of_theirs(both: _Sides, call: TheirCall) -> Pieces:
    """Give theirs' gradients in our names; inputs that are one tensor count together."""
    names = _inputs(call)
    at_inputs: dict[str, list[Tensor]] = {}
    for entry in _entries(both.bundle, call, _INPUT):
        at_inputs.setdefault(names[entry.leaf], []).append(tensor(both.bundle, entry))
    before = f"{call.part}." if call.part else ""
    parameters = {
        name: value for name, value in both.gradients.items() if name.startswith(before)
    } | {
        entry.leaf: tensor(both.bundle, entry) for entry in _entries(both.bundle, call, _PARAMETER)
    }
    whole = complete(both.weights, set(parameters))
    carried = both.weights.gradients_to_ours({name: parameters[name] for name in whole})
    part = both.modules[both.mapped[call.part]]
    within = {both.names[id(value)] for value in part.parameters()}
    return {
        **_summed(at_inputs),
        **{name: noise.numbers(value) for name, value in carried.items() if name in within},
    }


def _pieces_of_ours(
    both: _Sides, call: TheirCall, part: nn.Module, put: Placed, back: Pulled
) -> Pieces:
    names = _inputs(call)
    own = {name: both.names[id(value)] for name, value in part.named_parameters()}
    at_inputs: dict[str, list[Tensor]] = {}
    for path, gradient in back.inputs.items():
        if path in put.of:
            at_inputs.setdefault(names[put.of[path].leaf], []).append(gradient)
    return {
        **_summed(at_inputs),
        **{own[name]: noise.numbers(value) for name, value in back.parameters.items()},
    }


def _summed(found: Mapping[str, list[Tensor]]) -> Pieces:
    return {
        name: noise.numbers(torch.stack([one.double() for one in several]).sum(0))
        for name, several in found.items()
    }


def _inputs(call: TheirCall) -> dict[str, str]:
    """Name every input after the first that has the same tensor."""
    first: dict[str, str] = {}
    for entry in call.inputs:
        first.setdefault(entry.hash, f"{_AT_INPUT} {entry.leaf}")
    return {entry.leaf: first[entry.hash] for entry in call.inputs}
