"""Pair the parts of both sides: the same tensors go in, the same come out, in every call."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from scaffold.core.paths import within
from scaffold.parity.goldens import TheirCall, TheirPart, parts_of
from scaffold.parity.mapping.recorded import Recorded, same
from scaffold.parity.mapping.units import likeness
from scaffold.trace.forward import Call, traced
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scaffold.golden import Bundle

NOTHING = "changes nothing in evaluation mode, and stands otherwise or not at all here"
NEVER = (
    "never called as a part there; its weights are used, and compared, within the part around it"
)
OTHERWISE = "divided otherwise here; the part around it is compared"
LAYOUT = "the same numbers, in another layout or form of call here; the part around it is compared"


@dataclass(frozen=True, slots=True)
class Pairing:
    """Theirs to ours, and why the other parts of theirs have no counterpart."""

    parts: Mapping[str, str]
    reasons: Mapping[str, str]


def paired_parts(
    bundle: Bundle, theirs: Recorded, model: nn.Module, links: Mapping[str, Iterable[str]]
) -> Pairing:
    """Pair parts by what goes in and comes out.

    Args:
        bundle: The goldens.
        theirs: One probe of them.
        model: Ours, with theirs' weights in it.
        links: For a part of theirs the parts of ours that have its weights.
    """
    with torch.no_grad():
        trace = traced(model, theirs.inputs)
    mine: dict[str, list[Call]] = {}
    for call in trace.calls:
        mine.setdefault(call.part, []).append(call)
    yours: dict[str, list[TheirCall]] = {}
    for one in theirs.calls:
        yours.setdefault(one.part, []).append(one)
    known = {part.part: part for part in parts_of(bundle)}
    found = _matched(theirs, mine, yours, links, known)
    reasons = {
        part.part: _reason(part, yours.get(part.part, []))
        for part in known.values()
        if part.part and part.part not in found and (part.calls or part.parameters)
    }
    return Pairing({a: b for a, b in found.items() if a}, reasons)


def with_weights_alike(
    pairing: Pairing,
    theirs: Recorded,
    model: nn.Module,
    keys: Iterable[tuple[tuple[str, ...], tuple[str, ...]]],
) -> Pairing:
    """Add parts that hold the same weights, whatever they give, to name where two models differ.

    Args:
        pairing: What was paired by what goes in and comes out.
        theirs: One probe of theirs.
        model: Ours.
        keys: The names of each rule, theirs and ours.
    """
    keys = tuple(keys)
    found = dict(pairing.parts)
    ours = {path: _below(path, [names for _, names in keys]) for path, _ in model.named_modules()}
    for part in dict.fromkeys(call.part for call in theirs.calls):
        held = _below(part, [names for names, _ in keys])
        same = [path for path, own in ours.items() if path and held and own == held]
        free = [path for path in same if path not in found.values()]
        if part and part not in found and free:
            found[part] = free[0]
    rest = {part: why for part, why in pairing.reasons.items() if part not in found}
    return Pairing(found, rest)


def _below(path: str, rules: Sequence[tuple[str, ...]]) -> frozenset[int]:
    """Give the rules whose tensors lie all within a part."""
    return frozenset(
        number
        for number, names in enumerate(rules)
        if all(within(name.rpartition(".")[0], path) for name in names)
    )


def _matched(
    theirs: Recorded,
    mine: Mapping[str, list[Call]],
    yours: Mapping[str, list[TheirCall]],
    links: Mapping[str, Iterable[str]],
    known: Mapping[str, TheirPart],
) -> dict[str, str]:
    candidates: list[tuple[float, int, str, str]] = []
    makers = _Makers(theirs)
    for ours, calls in mine.items():
        for part in makers.of(calls[0]):
            if len(yours[part]) == len(calls) and all(
                makers.same(one, other) for one, other in zip(yours[part], calls, strict=True)
            ):
                linked = ours in set(links.get(part, ()))
                kind = likeness_of_kinds(known[part].kind, calls[0].kind)
                cost = (0.0 if linked else 10.0) + kind
                cost += abs(_share(part, yours) - _share(ours, mine)) + 0.01 * likeness(part, ours)
                candidates.append((cost, len(candidates), part, ours))
    found = {"": ""}
    taken = {""}
    for _, _, part, ours in sorted(candidates):
        if part not in found and ours not in taken and _nested(part, ours, found):
            found[part] = ours
            taken.add(ours)
    order = {part: place for place, part in enumerate(yours)}
    return dict(sorted(found.items(), key=lambda pair: order.get(pair[0], 0)))


def _nested(part: str, ours: str, found: Mapping[str, str]) -> bool:
    """Whether a pair fits into those that are there: what lies within one side lies within both."""
    for a, b in found.items():
        if a and (within(part, a), within(a, part)) != (within(ours, b), within(b, ours)):
            return False
    return True


def _share(part: str, calls: Mapping[str, Sequence[object]]) -> float:
    """Say how much of a model lies within a part: which of several wrappers this one is."""
    return sum(within(other, part) for other in calls) / max(len(calls), 1)


class _Makers:
    """Which part of theirs gave a tensor of ours, in the same shape."""

    def __init__(self, theirs: Recorded) -> None:
        self._theirs = theirs

    def of(self, call: Call) -> list[str]:
        found: dict[str, None] = {}
        for leaf in _tensors(call.output):
            for one in self._theirs.find(leaf):
                if self._theirs.tensor(one.hash).shape == leaf.shape:
                    for made in self._theirs.makers.get(one.hash, ()):
                        if made.call == 0:
                            found[made.part] = None
        return list(found)

    def same(self, their: TheirCall, our: Call) -> bool:
        gave = [self._theirs.tensor(entry.hash) for entry in their.outputs]
        took = [self._theirs.tensor(entry.hash) for entry in their.inputs]
        out, given = _tensors(our.output), _tensors((our.args, our.kwargs))
        return _all_in(gave[:1], out) and (_all_in(took[:1], given) or not took)


def _all_in(theirs: Iterable[Tensor], ours: Sequence[Tensor]) -> bool:
    return all(any(a.shape == b.shape and _close(a, b) for b in ours) for a in theirs)


def _close(a: Tensor, b: Tensor) -> bool:
    if a.numel() <= 2:  # noqa: PLR2004 - too few to be found by
        return bool(torch.allclose(a.double(), b.double(), rtol=1e-3))
    # As they lie: where sides are as long as each other, a turned tensor has the same shape.
    return same(a, b)


def _tensors(value: object) -> list[Tensor]:
    return [leaf for leaf in all_leaves(value).values() if isinstance(leaf, Tensor)]


def likeness_of_kinds(theirs: str, ours: str) -> float:
    """Count the letters that two class names do not share, as a part of all."""
    a, b = Counter(theirs.lower()), Counter(ours.lower())
    return sum(((a - b) + (b - a)).values()) / max(len(theirs) + len(ours), 1)


def _reason(part: TheirPart, calls: Sequence[TheirCall]) -> str:
    if not calls:
        return NEVER if part.parameters else OTHERWISE
    same = all(
        {entry.hash for entry in call.outputs} <= {entry.hash for entry in call.inputs}
        for call in calls
    )
    return NOTHING if same else OTHERWISE
