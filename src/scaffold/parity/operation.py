"""Name the first operation within a part that gives another result (tier T2).

The operations of two implementations are another list as soon as one of them writes a norm out, so
only those are held against each other that align by name and shape; what does not align is said.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import torch

from scaffold.core.comparison import Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity.forward import twin
from scaffold.parity.goldens import calls_of, tensor
from scaffold.parity.judge import judge
from scaffold.parity.pairing import fitted, paired_inputs
from scaffold.trace.forward import traced
from scaffold.trace.operations import operations
from scaffold.trace.settled import settled
from scaffold.trace.swap import swapped

if TYPE_CHECKING:
    from scaffold.golden import Bundle, Entry
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.operations import Operation
    from scaffold.trace.subject import Subject

Signature = tuple[str, tuple[tuple[int, ...], ...]]


def first_operation(
    recorded: Bundle, goldens: Bundle, candidate: Subject, weights: WeightMap
) -> str:
    """Say which operation of a part is the first to give another result than theirs.

    Args:
        recorded: The operations of one part (`scaffold record --operations`).
        goldens: The bundle of the twin.
        candidate: Ours.
        weights: The weight map.

    Raises:
        ScaffoldError: The map names no part of ours, or ours does not call it.
    """
    about = recorded.table("operations")
    with settled():
        ours, exact = _ours(about["part"], about["probe"], goldens, candidate, weights)
    if [one.name for one in ours] != [one.name for one in exact]:
        return "ours computes otherwise in float64, so its operations cannot be judged one by one"
    theirs = _theirs(recorded)
    mine_signed = [_signature(one) for one in ours]
    matcher = SequenceMatcher(a=[sign for sign, _ in theirs], b=mine_signed, autojunk=False)
    compared = 0
    for block in matcher.get_matching_blocks():
        for place in range(block.size):
            number, other = block.a + place, block.b + place
            compared += 1
            for entry, near, far in zip(
                theirs[number][1], ours[other].outputs, exact[other].outputs, strict=True
            ):
                found = judge(recorded.array(entry), near.numpy(), far.numpy())
                if not found.verdict.agrees and found.verdict is not Verdict.WEAK:
                    return (
                        f"operation {number + 1} of {len(theirs)} is the first of those that align "
                        f"to give another result: {theirs[number][0][0]} "
                        f"({found.verdict}, q {found.ratio or 0.0:.3g})"
                    )
    if compared == len(theirs) == len(ours):
        return f"all {compared} operations within it agree"
    return (
        f"{compared} of {len(theirs)} operations align, and all of those agree; what differs is "
        "one that only one side has"
    )


def _ours(
    part: str, probe: str, goldens: Bundle, candidate: Subject, weights: WeightMap
) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """Run our part on their input, and give its operations in float32 and in float64."""
    name = weights.part_to_ours(part)
    model = twin(goldens, candidate, weights)
    calls = {call.part: call for call in calls_of(goldens, probe) if call.call == 0}
    given = tuple(tensor(goldens, entry) for entry in calls[""].inputs)
    call = None if name is None else traced(model, given).find(name)
    if call is None or name is None:
        raise ScaffoldError(
            f"ours calls nothing that stands for {part or 'the model'}",
            where=str(weights.path),
            remedy="add a [[part]] row for it, or name a part around it",
        )
    pairs = fitted(goldens, paired_inputs(calls[part].inputs, call.inputs), call.inputs)

    def golden(path: str, leaf: object) -> object:
        entry = pairs.of.get(path)
        return leaf if entry is None else tensor(goldens, entry)

    args, kwargs = swapped(call.args, golden), swapped(call.kwargs, golden)
    module = model.get_submodule(name)
    return operations(module, args, kwargs), operations(module, args, kwargs, dtype=torch.float64)


def _signature(one: Operation) -> Signature:
    return one.name, tuple(tuple(value.shape) for value in one.outputs)


def _theirs(recorded: Bundle) -> list[tuple[Signature, list[Entry]]]:
    found: dict[int, list[Entry]] = {}
    for entry in recorded.select(role="operation"):
        found.setdefault(entry.order, []).append(entry)
    return [((group[0].kind, tuple(e.shape for e in group)), group) for group in found.values()]
