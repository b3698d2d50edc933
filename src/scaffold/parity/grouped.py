"""Judge a part where one side does in two parts what the other side does in one.

A norm with its activation inside stands against a norm and an activation apart: alone, the parts
differ, and yet nothing is wrong. What has no counterpart and takes exactly what the part gave is
joined to it, and the two are judged as one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from scaffold.core.comparison import Verdict
from scaffold.parity.calls import judged_call, judged_leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from torch import nn

    from scaffold.golden import Bundle
    from scaffold.parity.calls import CallVerdict, Live
    from scaffold.parity.goldens import TheirCall
    from scaffold.trace.forward import Call, Trace

LONGEST = 3
"""How many parts are joined to one: norm, activation, dropout and a second activation."""
_WRONG = (Verdict.DIFFERENT, Verdict.SHAPE)


def grouped(
    bundle: Bundle,
    found: CallVerdict,
    theirs: TheirCall,
    module: nn.Module,
    live: Live,
    *,
    others: Sequence[TheirCall],
    taken: Collection[str],
    ours_taken: Collection[str],
) -> CallVerdict:
    """Judge a call that differs alone together with what follows it on either side.

    Args:
        bundle: The goldens.
        found: What was found on the call; it comes back as it is when nothing fits.
        theirs: The call.
        module: Our part.
        live: Our model, run on the same probe.
        others: All calls of theirs on that probe.
        taken: The parts of theirs that have a counterpart.
        ours_taken: The parts of ours that are one.
    """
    if found.local.verdict not in _WRONG or not found.interface.verdict.agrees:
        return found
    for names, verdict in (
        *_ours_apart(bundle, found, theirs, live, ours_taken),
        *_theirs_apart(bundle, found, theirs, module, live, others, taken),
    ):
        if verdict.local.verdict.agrees:
            said = replace(verdict.local, reason=f"judged as one: {names}")
            return replace(verdict, local=said)
    return found


def _ours_apart(
    bundle: Bundle,
    found: CallVerdict,
    theirs: TheirCall,
    live: Live,
    taken: Collection[str],
) -> Iterator[tuple[str, CallVerdict]]:
    """Join to our part the parts of ours that have no counterpart and take what it gave."""
    mine = live.trace.find(found.ours, found.call)
    names = [found.ours]
    while mine is not None and len(names) <= LONGEST:
        mine = _taker(mine, live.trace, taken)
        if mine is None:
            return
        names.append(mine.part)
        last: Call = mine

        def again(turn: int, last: Call = last) -> dict[str, object] | None:
            return _leaves(live.moved(turn), last)

        judged = judged_leaves(
            bundle, theirs.outputs, last.outputs, _leaves(live.shadow, last), again
        )
        judged = replace(judged, probe=found.probe)
        yield f"{' and '.join(names)} of ours", replace(found, local=judged, end_to_end=judged)


def _taker(mine: Call, trace: Trace, taken: Collection[str]) -> Call | None:
    """Give the next part of ours without a counterpart that takes what a part gave."""
    given = [leaf for leaf in mine.outputs.values() if isinstance(leaf, torch.Tensor)]
    for call in trace.calls:
        if call.order > mine.done and call.part not in taken:
            got = [leaf for leaf in call.inputs.values() if isinstance(leaf, torch.Tensor)]
            if len(got) == len(given) == 1 and _same(got[0], given[0]):
                return call
    return None


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and torch.equal(one, other)


def _leaves(trace: Trace | None, mine: Call) -> dict[str, object] | None:
    call = None if trace is None else trace.find(mine.part, mine.call)
    return None if call is None else call.outputs


def _theirs_apart(
    bundle: Bundle,
    found: CallVerdict,
    theirs: TheirCall,
    module: nn.Module,
    live: Live,
    others: Sequence[TheirCall],
    taken: Collection[str],
) -> Iterator[tuple[str, CallVerdict]]:
    """Join to their part the parts of theirs that have no counterpart and take what it gave."""
    names = [theirs.part]
    for last in takers(theirs, others, taken):
        names.append(last.part)
        joined = replace(theirs, outputs=last.outputs)
        verdict = judged_call(bundle, joined, found.ours, module, live, probe=found.probe)
        if verdict is not None:
            yield f"{' and '.join(names)} of theirs", verdict


def takers(
    theirs: TheirCall, others: Sequence[TheirCall], taken: Collection[str]
) -> Iterator[TheirCall]:
    """Give the calls that take on what a call of theirs gave, and have no counterpart in ours.

    Args:
        theirs: The call.
        others: All calls of theirs on that probe.
        taken: The parts of theirs that have a counterpart.
    """
    last = theirs
    for _ in range(LONGEST):
        given = [entry.hash for entry in last.outputs]
        following = (
            call
            for call in others
            if call.order > last.done
            and call.part not in taken
            and len(given) == 1
            and [entry.hash for entry in call.inputs] == given
        )
        taker = next(following, None)
        if taker is None:
            return
        last = taker
        yield last
