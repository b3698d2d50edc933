"""Measure at recording time which defects the goldens of each part can see.

A golden that could not have failed proves nothing: ReLU6 for ReLU differs by nothing on ordinary
inputs. So every part of the reference is run again with defects planted in it, on its recorded
inputs, and judged as a candidate would be. A defect that no probe shows, but an input that was not
asked would, is a blind spot, and that input is what would help. A change that nothing shows is no
defect of that part.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from scaffold.golden import Bundle, amended
from scaffold.parity.causes.bench import part_bench
from scaffold.parity.causes.trial import Sample
from scaffold.parity.goldens import calls_of, probes_of, tensor, weights_of
from scaffold.parity.vacuity.mutants import Mutant, mutants
from scaffold.parity.vacuity.sight import Sight
from scaffold.parity.vacuity.stronger import stronger
from scaffold.trace.forward import traced
from scaffold.trace.reload import load
from scaffold.trace.settled import settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from scaffold.trace.subject import Subject

TABLE = "sensitivity"
MOST = 64
"""Mutants of one part that are tried: recording stays linear in the number of parts."""
SMALL = 2_000_000
"""Elements that one call of a part may take and give; a larger part is too slow to run that often,
and the bundle says that it was not examined."""


@dataclass(slots=True)
class _Seen:
    """What was found about one part."""

    by: dict[str, str]
    """Per kind of defect a string with one letter a probe: 1 where it is seen."""
    blind: list[tuple[str, str, str]]
    """Kind of defect, what it is, and what would show it."""


def examined(folder: Bundle, subject: Subject) -> Bundle:
    """Add to a bundle on disk what its forward goldens can see, and give it again.

    Args:
        folder: A bundle that has just been recorded.
        subject: The reference that it was recorded from.

    Raises:
        ScaffoldError: The reference cannot be built, or the bundle cannot be written.
    """
    with settled():
        table = sensitivity(folder, subject)
    return amended(folder, {TABLE: table})


def sensitivity(bundle: Bundle, subject: Subject) -> dict[str, Any]:
    """Give the table: probes, what each part's goldens see, and the blind spots."""
    model = subject.build("twin").eval()
    load(model, weights_of(bundle))
    probes = probes_of(bundle)
    samples = _samples(bundle, model, probes)
    parts: dict[str, dict[str, str]] = {}
    blind: list[list[str]] = []
    skipped: list[str] = []
    for name, module in model.named_modules():
        calls = samples.get(name, [])
        if not calls:
            continue
        if _elements(calls) > SMALL:
            skipped.append(name)
            continue
        seen = _examined(module, calls, probes)
        if seen.by:
            parts[name] = seen.by
        blind += [[name, *found] for found in seen.blind]
    return {"probes": list(probes), "parts": parts, "blind": blind, "skipped": skipped}


def _samples(
    bundle: Bundle, model: nn.Module, probes: tuple[str, ...]
) -> Mapping[str, list[Sample]]:
    """Give the first call of every part on every probe, with its recorded output."""
    found: dict[str, list[Sample]] = {}
    for probe in probes:
        recorded = {call.part: call for call in calls_of(bundle, probe) if call.call == 0}
        inputs = tuple(tensor(bundle, entry) for entry in recorded[""].inputs)
        for call in traced(model, inputs).calls:
            if call.call or call.part not in recorded:
                continue
            theirs = {entry.leaf: tensor(bundle, entry) for entry in recorded[call.part].outputs}
            found.setdefault(call.part, []).append(
                Sample(probe=probe, args=call.args, kwargs=call.kwargs, theirs=theirs)
            )
    return found


def _elements(calls: list[Sample]) -> int:
    return max(sum(leaf.numel() for leaf in call.theirs.values()) for call in calls)


def _examined(module: nn.Module, calls: list[Sample], probes: tuple[str, ...]) -> _Seen:
    """Plant defects in the part itself; those of its children are planted in the children."""
    seen = _Seen({}, [])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            children = frozenset(path for path, _ in module.named_children())
            bench = part_bench(module, tuple(calls), children)
            recorded = [Sight.of(bench, call) for call in calls]
            asked = [Sight.of(bench, call, clearly=True) for call in stronger(calls[0])]
        except Exception:  # noqa: BLE001 - what has no float64 form is judged, but not examined
            return seen
        for mutant in islice(mutants(bench), MOST):
            _plant(mutant, recorded, asked, probes, seen)
    seen.blind = [found for found in seen.blind if "1" not in seen.by[found[0]]]
    return seen


def _plant(
    mutant: Mutant,
    recorded: list[Sight],
    asked: list[Sight],
    probes: tuple[str, ...],
    seen: _Seen,
) -> None:
    on = {sight.call.probe for sight in recorded if sight.shows(mutant)}
    helps = "" if on else next((s.call.probe for s in asked if s.shows(mutant)), "")
    if not on and not helps:
        return
    before = seen.by.get(mutant.name, "0" * len(probes))
    seen.by[mutant.name] = "".join(
        "1" if probe in on else old for probe, old in zip(probes, before, strict=True)
    )
    if helps:
        seen.blind.append((mutant.name, mutant.claim, helps))
