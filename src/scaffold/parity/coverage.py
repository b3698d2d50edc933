"""Say which parts were compared, which were not, and why: nothing is skipped in silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.paths import around
from scaffold.parity.first import detours, measured, named
from scaffold.parity.goldens import calls_of, parts_of, probes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scaffold.golden import Bundle
    from scaffold.parity.forward import Forward
    from scaffold.parity.goldens import TheirPart
    from scaffold.parity.weightmap import WeightMap


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What stays unmatched on either side, and what is worth saying about the rest."""

    unmatched: tuple[str, ...]
    notes: tuple[str, ...]
    within: tuple[tuple[str, str], ...] = ()
    """Parts of ours whose weights are compared in the part around, by both names."""


def coverage(bundle: Bundle, weights: WeightMap, found: Forward) -> Coverage:
    """Account for every part of theirs and of ours, and for every probe that was refused."""
    parts = parts_of(bundle)
    compared = [
        part
        for part in parts
        if part.calls and _mapped(part, weights) and part.part not in found.absent
    ]
    doing = [part for part in parts if part.calls or part.parameters]
    unmatched: list[str] = []
    within = [*found.absent.items()]
    notes = [f"{len(compared)} of {len(doing)} parts of the reference are compared"]
    for part in doing:
        if part in compared:
            continue
        if part.part in found.absent:
            notes.append(
                f"{part.part} ({part.kind}): ours has no such part, and it holds no weights: "
                f"compared as a piece of {found.absent[part.part] or 'the model'}"
            )
            continue
        excuse = weights.excuse_of(theirs=part.part)
        speaks = _speaks_for(bundle, part, compared, weights, found.used)
        if excuse is None and speaks is not None:
            notes.append(
                f"{part.part} ({part.kind}) is never called in the reference: its weights are "
                f"used, and so compared, within {speaks or 'the model'}"
            )
            ours = (weights.part_to_ours(part.part), weights.part_to_ours(speaks))
            within += [(inner, outer) for inner, outer in [ours] if inner and outer is not None]
        elif excuse is None:
            unmatched.append(f"{part.part} ({part.kind}): {_reason(part, weights)}")
        else:
            notes.append(f"excused: {part.part} ({part.kind}): {excuse}")
            if not any(one.part.startswith(f"{part.part}.") for one in compared):
                notes += _doubts(bundle, part)
    notes += [f"without a counterpart in the reference: {text}" for text in _ours(weights, found)]
    probes = bundle.table("probes")["refused"]
    notes += [f"probe {name} was not recorded: {reason}" for name, reason in sorted(probes.items())]
    notes += [
        f"not recorded: {leaf}: {reason}"
        for leaf, reason in sorted(bundle.table("unrecorded").items())
    ]
    notes += [
        f"{row.ours} could not be judged alone ({row.local.reason}); "
        f"{row.through or 'the model'} around it agrees"
        for row in found.rows
        if row.through is not None
    ]
    notes += _undone(found)
    return Coverage(unmatched=tuple(unmatched), notes=tuple(notes), within=tuple(within))


def _undone(found: Forward) -> Iterable[str]:
    """Say where ours goes another way and yet comes out right: a scale before a norm, for one."""
    return [
        f"what reaches {named(detour.ours)} is not what reached theirs "
        f"({measured(detour.found)}), and what comes out of {named(detour.around)} agrees "
        "all the same"
        for detour in detours(found.calls)
    ]


def _speaks_for(
    bundle: Bundle,
    part: TheirPart,
    compared: Sequence[TheirPart],
    weights: WeightMap,
    used: frozenset[str],
) -> str | None:
    """Give the part around one that is never called, where it is compared and uses its weights.

    Weights that nothing uses, those of a head for training alone, are compared by nobody.
    """
    if part.calls:
        return None
    called = {other.part for other in parts_of(bundle) if other.calls}
    outer = around(part.part, called)
    own = [
        weights.names_to_ours(name)
        for name, *_ in bundle.table("structure")["twin"]["parameters"]
        if name.rpartition(".")[0] == part.part
    ]
    idle = not own or any(not names or not used.issuperset(names) for names in own)
    return None if idle or outer not in {other.part for other in compared} else outer


def _mapped(part: TheirPart, weights: WeightMap) -> bool:
    return weights.part_to_ours(part.part) is not None


def _reason(part: TheirPart, weights: WeightMap) -> str:
    if _mapped(part, weights):
        return "the reference never calls it, so nothing was recorded"
    return "no [[part]] row of the map names it"


def _doubts(bundle: Bundle, part: TheirPart) -> Iterable[str]:
    """Say so when a part that is excused does change what passes through it, and holds weights."""
    if part.parameters or not part.calls:
        return []
    changed = [
        probe
        for probe in probes_of(bundle)
        for call in calls_of(bundle, probe)
        if call.part == part.part
        and [entry.hash for entry in call.inputs] != [entry.hash for entry in call.outputs]
    ]
    if not changed:
        return []
    return [f"excused, yet not an identity: {part.part} changes its input on probe {changed[0]}"]


def _ours(weights: WeightMap, found: Forward) -> Iterable[str]:
    taken = {row.ours for row in found.rows}
    for name, kind in found.ours:
        if name not in taken and kind not in {"ModuleList", "ModuleDict"}:
            excuse = weights.excuse_of(ours=name)
            outer = around(name, taken) or "the model"
            yield f"{name} ({kind}): {excuse or f'compared as a piece of {outer}'}"
