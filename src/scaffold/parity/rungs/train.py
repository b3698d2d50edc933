"""Judge each of our parts in training mode, under the random numbers that theirs drew.

A part is given theirs' recorded input and buffers, and every draw in it is answered with the draw
of theirs that has the same number. What comes out, and what the buffers hold afterwards, is judged
like any other output, within the limit of the forward rung: 798 parts of right models (6
recordings; dropout and stochastic depth written in seven ways) have a q of at most 2.4. Where ours
draws otherwise, that is said; it is never drawn again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.parity.first import named
from scaffold.parity.goldens import TheirCall, calls_of, tensor
from scaffold.parity.judge import judged_again, worst_of
from scaffold.parity.pairing import paired_outputs
from scaffold.parity.rungs import sides
from scaffold.parity.rungs.alone import Placed, complete, mapped_parts, placed
from scaffold.trace import roles
from scaffold.trace.draws import Draw, Injected
from scaffold.trace.train import Ran, Training, trained, trained_alone

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

_ROLES = (roles.TRAIN_INPUT, roles.TRAIN_OUTPUT)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sides:
    """Everything that the judgement of one call needs."""

    bundle: Bundle
    weights: WeightMap
    state: dict[str, Tensor]
    """Theirs' weights and buffers before the run."""
    draws: tuple[Draw, ...]
    drawn: dict[tuple[str, int], tuple[int, int]]
    names: dict[int, str]
    """Our buffers' names in the model, by identity."""
    live: Training
    modules: dict[str, nn.Module]
    mapped: dict[str, str]
    high: set[int] = field(default_factory=set)
    """The draws in which ours keeps what has a large uniform number."""
    read: set[int] = field(default_factory=set)
    """The draws of which that is known."""


def rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Return one row per part of ours, in the order in which theirs ends them."""
    table = bundle.table(roles.TRAIN)
    theirs = calls_of(bundle, table["probe"], roles=_ROLES)
    state = sides.tensors(bundle, roles.WEIGHT)
    model = sides.model(candidate, weights, state, torch.float32).train()
    whole = next(call for call in theirs if not call.part)
    draws = _draws(bundle)
    names = {id(value): name for name, value in model.named_buffers()}
    mapped, modules = mapped_parts(model, weights, {call.part for call in theirs})
    inputs = [tensor(bundle, entry) for entry in whole.inputs]
    # The live run moves the buffers, so it has a model of its own.
    spent = sides.model(candidate, weights, state, torch.float32)
    both = _Sides(
        bundle=bundle,
        weights=weights,
        state=state,
        draws=draws,
        drawn={(part, call): (a, b) for part, call, a, b in table["drawn"]},
        names=names,
        live=trained(spent, inputs, Injected(draws)),
        modules=modules,
        mapped=mapped,
    )
    found: dict[str, list[Judgement]] = {}
    for call in sorted(theirs, key=lambda one: one.done):
        if call.part in mapped:
            found.setdefault(mapped[call.part], []).append(_judged(both, call))
    return tuple(
        RungRow(rung=Rung.TRAIN, item=named(ours), judgement=worst_of(judgements), part=ours)
        for ours, judgements in found.items()
    )


def _draws(bundle: Bundle) -> tuple[Draw, ...]:
    kinds = bundle.table(roles.TRAIN)["draws"]
    entries = sorted(bundle.select(role=roles.TRAIN_DRAW), key=lambda entry: entry.call)
    return tuple(
        Draw(kind=kind, parameters=tuple(parameters), values=_unpacked(tensor(bundle, entry)))
        for (kind, parameters), entry in zip(kinds, entries, strict=True)
    )


def _unpacked(values: Tensor) -> Tensor:
    return values.float() if values.dtype == torch.bool else values


def _judged(both: _Sides, call: TheirCall) -> Judgement:
    ours = both.mapped[call.part]
    mine = both.live.find(ours, call.call)
    if mine is None:
        raised = f" (ours raises: {both.live.failure})" if both.live.failure else ""
        reason = f"theirs calls it in training mode, ours does not{raised}"
        return Judgement(verdict=Verdict.MISSING, reason=reason)
    put = placed(both.bundle, call, mine)
    if isinstance(put, Judgement):
        return put
    return _compared(both, call, put)


def _compared(both: _Sides, call: TheirCall, put: Placed) -> Judgement:
    part = both.modules[both.mapped[call.part]]
    start, stop = both.drawn.get((call.part, call.call), (0, 0))
    before = _ours(both, part, _theirs_buffers(both, call, call.call - 1))

    def run(turn: int = 0, dtype: torch.dtype | None = None) -> Ran:
        return trained_alone(
            part,
            put.args,
            put.kwargs,
            both.draws[start:stop],
            buffers=before,
            high={number - start for number in both.high},
            dtype=dtype,
            turn=turn,
        )

    try:
        ran = run()
        if ran.problem is None and ran.crossed:
            ran = _read(both, call, ran, run)
    except Exception as error:  # noqa: BLE001 - whatever the part raises is a finding
        reason = f"ours raises in training mode: {type(error).__name__}: {error}"
        return Judgement(verdict=Verdict.DIFFERENT, reason=reason)
    if ran.problem is not None:
        word = Verdict.DIFFERENT if ran.problem.wrong else Verdict.NOT_COMPARABLE
        return Judgement(verdict=word, reason=ran.problem.reason)
    outputs = paired_outputs(call.outputs, ran.outputs)
    if outputs.problem:
        return Judgement(verdict=Verdict.DIFFERENT, reason=outputs.problem)
    again = _Again(run)
    judged = [
        judged_again(
            both.bundle.array(entry),
            ran.outputs[path],
            again.output(path),
            partial(again.moved_output, path),
        )
        for path, entry in outputs.of.items()
    ]
    after = _ours(both, part, _theirs_buffers(both, call, call.call))
    judged += [_buffer(name, value, ran, again) for name, value in after.items()]
    return worst_of(judged or [Judgement(verdict=Verdict.EQUAL, ratio=0.0)])


def _read(both: _Sides, call: TheirCall, ran: Ran, run: Callable[..., Ran]) -> Ran:
    """Find how ours reads uniform numbers: turn the reading of one draw at a time while it helps.

    Parts are judged from the inside out, and a reading that was found within a part holds for the
    parts around it.
    """
    start, _ = both.drawn[call.part, call.call]
    best, nearest = ran, _distance(both, call, ran)
    for number in ran.crossed:
        if start + number in both.read:
            continue
        both.high.add(start + number)
        other = run()
        gap = _distance(both, call, other)
        if gap < nearest:
            best, nearest = other, gap
        else:
            both.high.discard(start + number)
    both.read.update(start + number for number in ran.crossed)
    return best


def _distance(both: _Sides, call: TheirCall, ran: Ran) -> float:
    """Measure how far the outputs of a run are from theirs."""
    pairs = paired_outputs(call.outputs, ran.outputs)
    total = 0.0
    for path, entry in pairs.of.items():
        ours = ran.outputs[path]
        if isinstance(ours, Tensor) and tuple(ours.shape) == entry.shape:
            total += float((ours.double() - tensor(both.bundle, entry).double()).square().sum())
    return total


class _Again:
    """The same run in float64 and from moved weights, each once and only if asked for."""

    def __init__(self, run: Callable[..., Ran]) -> None:
        self._run = run
        self._moved: dict[int, Ran] = {}
        try:
            self.exact: Ran | None = run(0, torch.float64)
        except Exception:  # noqa: BLE001 - a part without float64 is judged by moved runs
            self.exact = None

    def output(self, path: str) -> object | None:
        """Give an output in float64, None where there is no float64."""
        return None if self.exact is None else self.exact.outputs.get(path)

    def moved_output(self, path: str, turn: int) -> object | None:
        """Give an output of a moved run."""
        return self.moved(turn).outputs.get(path)

    def moved(self, turn: int) -> Ran:
        """Give the run with everything moved by one unit round-off."""
        if turn not in self._moved:
            self._moved[turn] = self._run(turn)
        return self._moved[turn]


def _buffer(name: str, theirs: Tensor, ran: Ran, again: _Again) -> Judgement:
    judged = judged_again(
        theirs,
        ran.buffers[name],
        None if again.exact is None else again.exact.buffers[name],
        lambda turn: again.moved(turn).buffers[name],
    )
    if judged.verdict.agrees:
        return judged
    reason = "; ".join(text for text in (f"buffer {name} after the call", judged.reason) if text)
    return replace(judged, reason=reason)


def _theirs_buffers(both: _Sides, call: TheirCall, number: int) -> dict[str, Tensor]:
    """Give theirs' buffers after one call of a part; before the first one, as they began."""
    before = f"{call.part}." if call.part else ""
    held = {name: value for name, value in both.state.items() if name.startswith(before)}
    moved = {
        entry.leaf: tensor(both.bundle, entry)
        for entry in both.bundle.select(role=roles.TRAIN_BUFFER, part=call.part)
        if entry.call == number
    }
    return {**held, **moved}


def _ours(both: _Sides, part: nn.Module, theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Carry theirs' state over, and give what are buffers of our part, by their names in it."""
    whole = complete(both.weights, set(theirs))
    carried = both.weights.gradients_to_ours({name: theirs[name] for name in whole})
    return {
        name: carried[both.names[id(value)]]
        for name, value in part.named_buffers()
        if both.names[id(value)] in carried
    }
