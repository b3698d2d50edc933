"""Judge the full model by the sketches of theirs: where does it leave, while its input is right?

The weights that theirs was recorded with are drawn again and carried into ours; ours runs live, in
float32 and in float64, and of every tensor that passes a part a sketch is taken at once. So the
comparison holds no more than the model. A part whose live input is theirs is judged by what comes
out; a part that something else reaches cannot be judged in a live run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from scaffold.core.comparison import Comparison, Divergence, Judgement, Verdict
from scaffold.core.sizes import FULL
from scaffold.golden.sketched import Sketches, calls_of
from scaffold.parity import sketched
from scaffold.parity.absent import counterparts
from scaffold.parity.calls import CallVerdict
from scaffold.parity.first import first_divergence, named
from scaffold.parity.forward import part_rows
from scaffold.parity.fullweights import full_model
from scaffold.parity.goldens import parts_of, tensor
from scaffold.parity.judge import worst_of
from scaffold.trace import drawn
from scaffold.trace.glance import Glances, Glimpse, glanced
from scaffold.trace.settled import settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch import Tensor, nn

    from scaffold.golden import Bundle
    from scaffold.golden.sketch import Sketch
    from scaffold.golden.sketched import SketchedCall
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

ELSEWHERE = (
    "what reaches it is not what reached theirs, so a live run cannot judge it; "
    "--tier T1 judges it alone"
)
ALONE = "to judge every part alone: scaffold record --tier T1, then scaffold compare --tier T1"


@dataclass(frozen=True, slots=True)
class Pair:
    """What was recorded of one tensor, and where ours has it."""

    theirs: Sketch
    path: str


class LiveSketches:
    """Ours, run as a whole on one probe; each precision once, the moved runs only if needed."""

    def __init__(self, model: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self._model, self._inputs = model, inputs
        self.trace = glanced(model, inputs, sketched.look)
        shadow = glanced(model, inputs, sketched.look, dtype=torch.float64)
        self.shadow = None if shadow.failure or shadow.leaks else shadow
        self._moved: dict[int, Glances[Sketch]] = {}

    def moved(self, turn: int) -> Glances[Sketch]:
        """Give the run with weights and inputs moved by one unit round-off."""
        if turn not in self._moved:
            self._moved[turn] = glanced(self._model, self._inputs, sketched.look, turn=turn)
        return self._moved[turn]


def compare_full(bundle: Bundle, candidate: Subject, weights: WeightMap) -> Comparison:
    """Judge our full model by the sketches of theirs, part by part.

    Raises:
        ScaffoldError: Ours cannot be built, or the weights do not fit.
    """
    with settled():
        model, notes = full_model(bundle, candidate, weights)
        modules = dict(model.named_modules(remove_duplicate=False))
        both = counterparts(bundle, weights, modules.keys())
        probes = bundle.table("probes")["recorded"]
        calls = [
            verdict
            for probe in probes
            for verdict in _probed(bundle, probe, model, modules, both.mapped)
        ]
    rows = tuple(renamed(row) for row in part_rows(bundle, calls, both.mapped, modules))
    judged = sum(row.local.verdict is not Verdict.NOT_COMPARABLE for row in rows)
    doing = [part for part in parts_of(bundle) if part.calls]
    about = (
        f"full model: {judged} of {len(doing)} parts are judged by sketches on probes "
        f"{', '.join(probes)}; {sketched.NOTE}"
    )
    return Comparison(
        reference=str(bundle.provenance.get("adapter", "")),
        bundle=str(bundle.folder),
        parts=rows,
        rungs=(),
        first=told(first_divergence(calls), live=True),
        unmatched=tuple(unmatched_of(bundle, weights)),
        notes=(about, *notes, *notes_on(bundle)),
        within=tuple((f"{FULL}{one}", f"{FULL}{named(to)}") for one, to in both.absent.items()),
    )


def renamed(row: Any) -> Any:  # noqa: ANN401 - a row of any kind with these three names
    """Give a row of the full model its name beside the rows of the twin."""
    through = None if row.through is None else f"{FULL}{named(row.through)}"
    return replace(
        row,
        part=f"{FULL}{named(row.part)}",
        ours=f"{FULL}{named(row.ours)}",
        through=through,
    )


def told(first: Divergence | None, *, live: bool) -> Divergence | None:
    """Say of the first divergence that it is one of the full model, and how to look closer."""
    if first is None:
        return None
    glue, part = "glue before ", first.place
    place = f"{glue}{FULL}{part.removeprefix(glue)}" if part.startswith(glue) else FULL + part
    if not live:
        return replace(first, place=place)
    return replace(
        first,
        place=place,
        because=first.because.replace(
            "given the reference's own input it does not give",
            "what reaches it in a live run is the reference's, and it does not give",
        ),
        remedy=f"{first.remedy}; {ALONE}",
    )


def unmatched_of(bundle: Bundle, weights: WeightMap) -> Iterable[str]:
    """Name the parts of theirs that are called and have nothing of ours, nor an excuse."""
    for part in parts_of(bundle):
        mapped = weights.part_to_ours(part.part) is not None
        if part.calls and not mapped and weights.excuse_of(theirs=part.part) is None:
            yield f"{FULL}{named(part.part)} ({part.kind}): no [[part]] row of the map names it"


def notes_on(bundle: Bundle) -> Iterable[str]:
    """Say what of the full model was not recorded, and why."""
    for probe, why in bundle.table("probes")["refused"].items():
        yield f"full model: probe {probe} was not recorded: {why}"
    for leaf, why in sorted(bundle.table("unrecorded").items()):
        yield f"full model: not recorded: {leaf}: {why}"


def inputs_of(bundle: Bundle, probe: str) -> tuple[Tensor, ...]:
    """Draw the inputs of a probe again, or read them where they were stored."""
    rows = bundle.table(drawn.PROBES).get(probe)
    if rows is not None:
        return drawn.inputs(rows, probe, int(bundle.table(drawn.DRAWN)["seed"]))
    stored = sorted(bundle.select(role="full_input", probe=probe), key=lambda e: int(e.leaf))
    return tuple(tensor(bundle, entry) for entry in stored)


def _probed(
    bundle: Bundle,
    probe: str,
    model: nn.Module,
    modules: Mapping[str, nn.Module],
    mapped: Mapping[str, str],
) -> Iterable[CallVerdict]:
    sketches = Sketches.read(bundle)
    first = {id(module): name for name, module in reversed(list(model.named_modules()))}
    live = LiveSketches(model, inputs_of(bundle, probe))
    for theirs in calls_of(bundle, probe):
        ours = mapped.get(theirs.part)
        if ours is not None and ours in modules:
            verdict = _judged(sketches, theirs, first[id(modules[ours])], live, probe)
            if verdict is not None:
                yield verdict


def _judged(
    sketches: Sketches, theirs: SketchedCall, ours: str, live: LiveSketches, probe: str
) -> CallVerdict | None:
    """Judge one call; None where ours raised before it came to the part."""
    mine = live.trace.find(ours, theirs.call)
    raised = live.trace.failure
    if mine is None and raised and ours not in live.trace.inside:
        return None
    if mine is None:
        local = end = Judgement(
            verdict=Verdict.DIFFERENT if raised else Verdict.MISSING,
            reason=f"ours raises: {raised}" if raised else "ours does not call it as often",
        )
        interface = Judgement(verdict=Verdict.NOT_COMPARABLE, reason="ours did not come to its end")
    else:
        interface = _side(sketches, theirs.inputs, mine, live, incoming=True)
        end = _side(sketches, theirs.outputs, mine, live, incoming=False)
        local = _local(interface, end)
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
        end_to_end=replace(end, probe=probe),
    )


def _local(interface: Judgement, end: Judgement) -> Judgement:
    """Judge a part by its live output, where its live input lets it."""
    if end.verdict.agrees or interface.verdict.agrees:
        return end
    return Judgement(verdict=Verdict.NOT_COMPARABLE, reason=ELSEWHERE)


def _side(
    sketches: Sketches,
    theirs: Mapping[str, int],
    mine: Glimpse[Sketch],
    live: LiveSketches,
    *,
    incoming: bool,
) -> Judgement:
    """Judge what went in or came out, and give the worst of its tensors."""

    def leaves(run: Glances[Sketch] | None) -> Mapping[str, Sketch]:
        call = None if run is None else run.find(mine.part, mine.call)
        return {} if call is None else call.inputs if incoming else call.outputs

    ours = leaves(live.trace)
    pairs, problem = (_paired_inputs if incoming else _paired_outputs)(sketches, theirs, ours)
    if problem:
        return Judgement(verdict=Verdict.NOT_COMPARABLE, reason=problem)
    if not pairs:
        return Judgement(verdict=Verdict.EQUAL, ratio=0.0, reason="there is no tensor to compare")
    exact = leaves(live.shadow)
    return worst_of(
        sketched.judged(
            pair.theirs,
            ours[pair.path],
            exact.get(pair.path),
            lambda turn, path=pair.path: leaves(live.moved(turn)).get(path),  # type: ignore[misc]
        )
        for pair in pairs
    )


def _paired_inputs(
    sketches: Sketches, theirs: Mapping[str, int], ours: Mapping[str, Sketch]
) -> tuple[list[Pair], str]:
    """Pair by order where both take as many tensors, and else the distinct ones by order."""
    if len(theirs) == len(ours):
        pairs = [Pair(sketches[n], p) for n, p in zip(theirs.values(), ours, strict=True)]
    else:
        groups: list[list[str]] = []
        for path, leaf in ours.items():
            known = next((group for group in groups if ours[group[0]].same(leaf)), None)
            if known is None:
                groups.append([path])
            else:
                known.append(path)
        distinct = list(dict.fromkeys(theirs.values()))
        if len(distinct) != len(groups):
            return [], f"theirs takes {len(distinct)} different tensors, ours {len(groups)}"
        pairs = [
            Pair(sketches[number], path)
            for number, paths in zip(distinct, groups, strict=True)
            for path in paths
        ]
    for pair in pairs:
        if pair.theirs.size != ours[pair.path].size:
            return [], f"theirs takes {pair.theirs.size} numbers where ours takes another count"
    return pairs, ""


def _paired_outputs(
    sketches: Sketches, theirs: Mapping[str, int], ours: Mapping[str, Sketch]
) -> tuple[list[Pair], str]:
    """Pair every tensor of theirs with the path of its name, its shape, or what is left."""
    free = dict(ours)
    pairs = []
    for path, number in theirs.items():
        wanted = sketches[number]
        fitting = [one for one, leaf in free.items() if leaf.shape == wanted.shape]
        chosen = path if path in fitting else next(iter([*fitting, *free]), None)
        if chosen is None:
            return [], f"theirs gives {path!r}, and ours gives nothing more"
        del free[chosen]
        pairs.append(Pair(wanted, chosen))
    return pairs, ""
