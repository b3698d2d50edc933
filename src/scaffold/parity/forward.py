"""Judge every part of theirs on every probe, and fold what was found into one row a part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from scaffold.core.comparison import Judgement, PartRow, ProbeRow, Verdict
from scaffold.parity.absent import counterparts
from scaffold.parity.calls import CallVerdict, Live, judged_call
from scaffold.parity.goldens import calls_of, parts_of, probes_of, tensor, weights_of
from scaffold.parity.grouped import grouped
from scaffold.parity.judge import worst_of
from scaffold.parity.used import used_parameters
from scaffold.trace.reload import load
from scaffold.trace.settled import settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch import Tensor, nn

    from scaffold.golden import Bundle
    from scaffold.parity.goldens import TheirCall, TheirPart
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Forward:
    """The forward rung: a row for each part, and the verdicts that it was folded from."""

    rows: tuple[PartRow, ...]
    calls: tuple[CallVerdict, ...]
    ours: tuple[tuple[str, str], ...]
    """Every part of ours, as path and class."""
    used: frozenset[str]
    """The parameters that our output depends on; asked for only when theirs has idle parts."""
    absent: Mapping[str, str]
    """The parts that ours does without, and the part around each."""


def forward(bundle: Bundle, candidate: Subject, weights: WeightMap) -> Forward:
    """Run ours with theirs' weights on every probe, and judge every part of theirs.

    Raises:
        ScaffoldError: Ours cannot be built, or the weights do not fit.
    """
    with settled():
        return _forward(bundle, twin(bundle, candidate, weights), weights)


def _forward(bundle: Bundle, model: nn.Module, weights: WeightMap) -> Forward:
    modules = dict(model.named_modules(remove_duplicate=False))
    both = counterparts(bundle, weights, modules.keys())
    calls: list[CallVerdict] = []
    for probe in probes_of(bundle):
        steady = frozenset(call.ours for call in calls)
        calls += _probed(bundle, probe, model, modules, both.mapped, steady)
    return Forward(
        rows=part_rows(bundle, calls, both.mapped, modules),
        calls=tuple(calls),
        ours=tuple((name, type(module).__name__) for name, module in model.named_modules()),
        used=_used(bundle, model),
        absent=both.absent,
    )


def _used(bundle: Bundle, model: nn.Module) -> frozenset[str]:
    if all(part.calls or not part.parameters for part in parts_of(bundle)):
        return frozenset()
    return used_parameters(model, _inputs(bundle, calls_of(bundle, probes_of(bundle)[0])))


def _inputs(bundle: Bundle, calls: Iterable[TheirCall]) -> tuple[Tensor, ...]:
    """Give what the whole model got."""
    whole = next(call for call in calls if call.part == "")
    return tuple(tensor(bundle, entry) for entry in whole.inputs)


def forward_rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[PartRow, ...]:
    """Give one row for each part of theirs that has a counterpart, the whole model first."""
    return forward(bundle, candidate, weights).rows


def twin(bundle: Bundle, candidate: Subject, weights: WeightMap) -> nn.Module:
    """Build our twin in eval mode with the perturbed weights of theirs."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = candidate.build("twin")
    state = weights.to_ours(weights_of(bundle), like=model.state_dict())
    load(model, state, strict=not weights.rules.dropped)
    return model.eval()


def _probed(
    bundle: Bundle,
    probe: str,
    model: nn.Module,
    modules: Mapping[str, nn.Module],
    mapped: Mapping[str, str],
    steady: frozenset[str],
) -> Iterable[CallVerdict]:
    """Judge every call of one probe; parts that are not known as steady are run twice."""
    calls = calls_of(bundle, probe)
    # A module that stands under two names is recorded under the first: ask for it by that one.
    first = {id(module): name for name, module in reversed(list(model.named_modules()))}
    live = Live(model, _inputs(bundle, calls))
    ours_taken = {*mapped.values()}
    for call in calls:
        ours = mapped.get(call.part)
        if ours is not None and ours in modules:
            module = modules[ours]
            name = first[id(module)]
            verdict = judged_call(
                bundle, call, name, module, live, probe=probe, twice=name not in steady
            )
            if verdict is not None:
                yield grouped(
                    bundle,
                    verdict,
                    call,
                    module,
                    live,
                    others=calls,
                    taken=mapped.keys(),
                    ours_taken=ours_taken,
                )


def part_rows(
    bundle: Bundle,
    calls: Iterable[CallVerdict],
    mapped: Mapping[str, str],
    modules: Mapping[str, nn.Module],
) -> tuple[PartRow, ...]:
    """Fold the verdicts on calls into one row for each part of theirs that is mapped."""
    found: dict[str, list[CallVerdict]] = {}
    for call in calls:
        found.setdefault(call.part, []).append(call)
    rows = []
    for part in parts_of(bundle):
        if part.part not in mapped:
            continue
        ours = mapped[part.part]
        if ours not in modules:
            rows.append(_unjudged(part, ours, Verdict.MISSING, "ours has no part of that name"))
            continue
        verdicts = found.get(part.part, [])
        if not verdicts:
            reason = "ours raised on every probe before it came here"
            rows.append(_unjudged(part, ours, Verdict.NOT_COMPARABLE, reason))
            continue
        rows.append(
            PartRow(
                part=part.part,
                ours=ours,
                kind=part.kind,
                local=worst_of(one.local for one in verdicts),
                interface=worst_of(one.interface for one in verdicts),
                end_to_end=worst_of(one.end_to_end for one in verdicts),
                probes=tuple(dict.fromkeys(one.probe for one in verdicts)),
                order=verdicts[0].done,
                source=part.source,
                by_probe=_by_probe(verdicts),
            )
        )
    return tuple(replace(row, through=_through(row, rows)) for row in rows)


def _by_probe(calls: Iterable[CallVerdict]) -> tuple[ProbeRow, ...]:
    """Give the worst verdicts of each probe, without the words: the part's row has those."""
    found: dict[str, list[CallVerdict]] = {}
    for call in calls:
        found.setdefault(call.probe, []).append(call)

    def worst(judgements: Iterable[Judgement]) -> Judgement:
        one = worst_of(judgements)
        return Judgement(verdict=one.verdict, ratio=one.ratio)

    return tuple(
        ProbeRow(
            probe=probe,
            local=worst(one.local for one in group),
            interface=worst(one.interface for one in group),
            end_to_end=worst(one.end_to_end for one in group),
        )
        for probe, group in found.items()
    )


def _through(row: PartRow, rows: Iterable[PartRow]) -> str | None:
    """Give the innermost part around one that is not comparable, if it is judged and agrees."""
    if row.local.verdict is not Verdict.NOT_COMPARABLE or not row.part:
        return None
    judged = {
        other.part: other for other in rows if other.local.verdict is not Verdict.NOT_COMPARABLE
    }
    around = row.part
    while around:
        around = around.rpartition(".")[0]
        if around in judged:
            return judged[around].ours if judged[around].agrees else None
    return None


def _unjudged(part: TheirPart, ours: str, verdict: Verdict, reason: str) -> PartRow:
    said = Judgement(verdict=verdict, reason=reason)
    return PartRow(
        part=part.part, ours=ours, kind=part.kind, local=said, interface=said, end_to_end=said
    )
