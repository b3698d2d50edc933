"""Judge one call of one part: alone, by what reaches it, and by how far it has drifted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from scaffold.core.comparison import Judgement, Verdict
from scaffold.parity import goldens
from scaffold.parity.judge import TURNS, array_of, judged_again, worst_of
from scaffold.parity.pairing import Pairs, fitted, paired_inputs, paired_outputs
from scaffold.trace.arrays import like
from scaffold.trace.atuse import is_large
from scaffold.trace.forward import Call, Trace, traced
from scaffold.trace.replay import run
from scaffold.trace.swap import all_leaves, swapped
from scaffold.trace.thrift import give_back_at_once

if TYPE_CHECKING:
    from torch import Tensor, nn

    from scaffold.golden import Bundle, Entry
    from scaffold.parity.goldens import TheirCall

NEVER = "ours 0 times"
"""How the reason ends where ours never calls what theirs does."""
RANDOM = "gives another output when it is run again: something random is left on in evaluation mode"

Leaves = dict[str, object]
Again = Callable[[int], "Leaves | None"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CallVerdict:
    """What was found about one call of one part on one probe."""

    part: str
    ours: str
    kind: str
    call: int
    order: int
    done: int
    probe: str
    local: Judgement
    interface: Judgement
    end_to_end: Judgement


class Live:
    """Ours, run as a whole on one probe; each precision once, and the moved runs only if needed.

    What the runs hand around is larger than the model, so it lies in files, and memory holds no
    more of it than is being judged.
    """

    def __init__(self, model: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self._model = model
        self._inputs = inputs
        if is_large(model):
            give_back_at_once()
        self.trace = traced(model, inputs, on_disk=True)
        shadow = traced(model, inputs, dtype=torch.float64, on_disk=True)
        self.shadow = None if shadow.failure or shadow.leaks else shadow
        self._moved: dict[int, Trace] = {}

    def moved(self, turn: int) -> Trace:
        """Give the run with weights and inputs moved by one unit round-off."""
        if turn not in TURNS:  # asked for choices that differ alone, too rarely to be kept
            return traced(self._model, self._inputs, turn=turn)
        if turn not in self._moved:
            self._moved[turn] = traced(self._model, self._inputs, turn=turn, on_disk=True)
        return self._moved[turn]

    def release(self) -> None:
        """Give the memory back that was filled by judging."""
        for trace in (self.trace, self.shadow, *self._moved.values()):
            if trace is not None:
                trace.release()


def judged_call(
    bundle: Bundle,
    theirs: TheirCall,
    ours: str,
    module: nn.Module,
    live: Live,
    *,
    probe: str,
    twice: bool = False,
) -> CallVerdict | None:
    """Judge one recorded call against the part of ours that stands for it.

    Where ours raised before it came to the part, there is nothing to say about the part: None.

    Args:
        bundle: The goldens.
        theirs: The call to judge.
        ours: Our name of the part.
        module: Our part.
        live: Our model, run on the same probe.
        probe: The name of that probe.
        twice: Run the part twice, and demand the same bits: a part that is random would
            otherwise measure its randomness as its own rounding. A part that draws from torch's
            generator is run twice in any case.
    """
    mine = live.trace.find(ours, theirs.call)
    if mine is None and live.trace.failure and ours not in live.trace.inside:
        return None
    if mine is None:
        local, interface, end_to_end = _absent(theirs, ours, live)
    else:
        local = _seen(bundle, theirs, _local(bundle, theirs, mine, module, twice=twice))
        interface = _live(bundle, theirs, mine, live, incoming=True)
        end_to_end = _live(bundle, theirs, mine, live, incoming=False)
        live.release()
        bundle.release()
    return CallVerdict(
        part=theirs.part,
        ours=ours,
        kind=theirs.kind,
        call=theirs.call,
        order=theirs.order,
        done=theirs.done,
        probe=probe,
        local=replace(local, probe=probe),
        interface=replace(interface, probe=probe),
        end_to_end=replace(end_to_end, probe=probe),
    )


def _seen(bundle: Bundle, theirs: TheirCall, local: Judgement) -> Judgement:
    """Never pass a part whose every output is of a kind that could not be recorded."""
    start = f"output:{theirs.part}:"
    lost = bundle.table("unrecorded") if not theirs.outputs else {}
    reason = next((why for leaf, why in lost.items() if leaf.startswith(start)), "")
    if not reason or not local.verdict.agrees:
        return local
    return Judgement(verdict=Verdict.NOT_COMPARABLE, reason=f"what theirs gives: {reason}")


def _absent(theirs: TheirCall, ours: str, live: Live) -> tuple[Judgement, Judgement, Judgement]:
    """Say why there is no call of ours to judge: alone, by what reaches it, by its drift."""
    raised = live.trace.failure
    if raised:
        inner = live.trace.inside[-1]
        where = f" in {inner}" if inner != ours else ""
        wrong = Judgement(verdict=Verdict.DIFFERENT, reason=f"ours raises{where}: {raised}")
        begun = Judgement(verdict=Verdict.NOT_COMPARABLE, reason="ours did not end")
        return wrong, begun, wrong
    count = live.trace.count(ours)
    mine = f"ours {_times(count)}" if count else NEVER
    never = Judgement(
        verdict=Verdict.MISSING,
        reason=f"theirs calls it at least {_times(theirs.call + 1)}, {mine}",
    )
    return never, never, never


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _local(
    bundle: Bundle, theirs: TheirCall, mine: Call, module: nn.Module, *, twice: bool
) -> Judgement:
    """Give ours the recorded input, and hold its output against the recorded output."""
    pairs = fitted(bundle, paired_inputs(theirs.inputs, mine.inputs), mine.inputs)
    if pairs.problem:
        return Judgement(verdict=Verdict.NOT_COMPARABLE, reason=pairs.problem)
    judged = _alone(bundle, theirs, module, _given(bundle, mine, pairs), twice=twice)
    if not pairs.misfit or judged.verdict.agrees or judged.reason == RANDOM:
        return judged
    return Judgement(verdict=Verdict.NOT_COMPARABLE, reason=pairs.misfit)


def _alone(
    bundle: Bundle,
    theirs: TheirCall,
    module: nn.Module,
    given: tuple[tuple[Any, ...], dict[str, Any]],
    *,
    twice: bool,
) -> Judgement:
    args, kwargs = given
    drawn = torch.get_rng_state()
    try:
        output = all_leaves(run(module, args, kwargs).output)
    except Exception as error:  # noqa: BLE001 - whatever the part raises is a finding
        return Judgement(
            verdict=Verdict.DIFFERENT,
            reason=f"ours raises on the recorded input: {type(error).__name__}: {error}",
        )
    twice = twice or not torch.equal(drawn, torch.get_rng_state())
    if twice and _bits(output) != _bits(all_leaves(run(module, args, kwargs).output)):
        return Judgement(verdict=Verdict.DIFFERENT, ratio=float("inf"), reason=RANDOM)
    exact, why = _shadow(module, args, kwargs)

    def again(turn: int) -> Leaves | None:
        return all_leaves(run(module, args, kwargs, turn=turn).output)

    judged = judged_leaves(bundle, theirs.outputs, output, exact, again)
    return replace(judged, reason="; ".join(text for text in (judged.reason, why) if text))


def _bits(leaves: Leaves) -> dict[str, bytes]:
    """Give the bytes of every tensor, in which NaN is equal to itself."""
    return {
        path: array_of(leaf).tobytes()
        for path, leaf in leaves.items()
        if isinstance(leaf, torch.Tensor)
    }


def _shadow(
    module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Leaves | None, str]:
    """Compute the part in float64, or say why the result cannot be trusted."""
    if any(value.dtype == torch.float64 for value in module.parameters()):
        return None, "ours computes in float64 already; its noise was measured on moved inputs"
    try:
        done = run(module, args, kwargs, dtype=torch.float64)
    except Exception as error:  # noqa: BLE001 - a part without float64 is judged another way
        return None, f"no float64 shadow ({type(error).__name__}); noise from moved inputs"
    if done.leaks:
        return None, f"no float64 shadow (leaves it in {', '.join(done.leaks)}); moved inputs"
    return all_leaves(done.output), ""


def _live(
    bundle: Bundle, theirs: TheirCall, mine: Call | None, live: Live, *, incoming: bool
) -> Judgement:
    """Hold what went in, or came out, in the live run against what was recorded."""
    if mine is None:
        return Judgement(verdict=Verdict.NOT_COMPARABLE)

    def leaves(trace: Trace | None) -> Leaves | None:
        call = None if trace is None else trace.find(mine.part, mine.call)
        return None if call is None else call.inputs if incoming else call.outputs

    wanted = theirs.inputs if incoming else theirs.outputs
    return judged_leaves(
        bundle,
        wanted,
        leaves(live.trace) or {},
        leaves(live.shadow),
        lambda turn: leaves(live.moved(turn)),
        incoming=incoming,
    )


def judged_leaves(
    bundle: Bundle,
    wanted: tuple[Entry, ...],
    ours: Leaves,
    exact: Leaves | None,
    again: Again,
    *,
    incoming: bool = False,
) -> Judgement:
    """Judge every leaf, and give the worst verdict with the name of its leaf."""
    pairs = (paired_inputs if incoming else paired_outputs)(wanted, ours)
    if incoming:
        pairs = fitted(bundle, pairs, ours)
    if pairs.problem or pairs.misfit:
        return Judgement(verdict=Verdict.NOT_COMPARABLE, reason=pairs.problem or pairs.misfit)
    if not pairs.of:
        return Judgement(verdict=Verdict.EQUAL, ratio=0.0, reason="there is no tensor to compare")

    def one(path: str, entry: Entry) -> Judgement:
        def shaped(leaf: object) -> object:
            return leaf if incoming else _shaped(leaf, entry)

        judged = judged_again(
            bundle.array(entry),
            shaped(ours[path]),
            None if exact is None else shaped(exact.get(path)),
            lambda turn: shaped((again(turn) or {}).get(path)),
        )
        if len(pairs.of) == 1 or judged.verdict.agrees:
            return judged
        return replace(judged, reason=f"leaf {entry.leaf!r}: {judged.reason}")

    return worst_of(one(path, entry) for path, entry in pairs.of.items())


def _shaped(leaf: object, entry: Entry) -> object:
    """Give what a part of ours passes on in the shape of theirs, where only axes of one differ.

    A pooling may flatten what it gives, or leave that to the next line; what the whole model gives
    has to have the shape of theirs.
    """
    if not entry.part or not isinstance(leaf, torch.Tensor) or tuple(leaf.shape) == entry.shape:
        return leaf
    alike = [size for size in leaf.shape if size != 1] == [n for n in entry.shape if n != 1]
    return leaf.reshape(entry.shape) if alike else leaf


def _given(bundle: Bundle, mine: Call, pairs: Pairs) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Put the goldens where ours had its own tensors; everything else stays as ours calls it."""

    def golden(path: str, leaf: object) -> object:
        entry = pairs.of.get(path)
        return leaf if entry is None else like(goldens.tensor(bundle, entry), leaf)

    return swapped(mine.args, golden), swapped(mine.kwargs, golden)
