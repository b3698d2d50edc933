"""Find a map: search on one probe, write it down, read it back, and prove it on all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.parity.goldens import probes_of
from scaffold.parity.mapping import prove
from scaffold.parity.mapping.desk import Desk
from scaffold.parity.mapping.guess import guess
from scaffold.parity.mapping.parts import LAYOUT, Pairing, paired_parts
from scaffold.parity.mapping.recorded import Recorded
from scaffold.parity.mapping.rules import Weights, rules_of, weight_rules
from scaffold.parity.mapping.search import Search
from scaffold.parity.mapping.value import Mapping, Refusal, State
from scaffold.parity.mapping.watch import Stage
from scaffold.parity.mapping.write import text_of
from scaffold.trace.settled import settled

if TYPE_CHECKING:
    from torch import nn

    from scaffold.core.comparison import Comparison
    from scaffold.golden import Bundle
    from scaffold.parity.mapfile import Rules
    from scaffold.trace.subject import Subject

NOT_FOUND = "no part of theirs, rearranged in any known way, reproduces what was recorded there"
LOOSE = "another order of its rows gives the same: the probes do not read all of it"
NOT_USED = "nothing of ours takes it: ours lacks what it is for, or the reference never uses it"


def find(bundle: Bundle, candidate: Subject) -> Mapping:
    """Find which weights of theirs become which of ours, and prove it.

    Args:
        bundle: The recorded reference.
        candidate: Ours; `build("twin")` is the model that is searched.

    Raises:
        ScaffoldError: Ours cannot be built or run, or the bundle holds no probe.
    """
    probes = probes_of(bundle)
    if not probes:
        raise ScaffoldError(
            "the bundle holds no probe",
            where=str(bundle.folder),
            remedy="record it again with `scaffold record`",
        )
    with settled():
        return _found(bundle, candidate, probes)


def _found(bundle: Bundle, candidate: Subject, probes: tuple[str, ...]) -> Mapping:
    theirs = Recorded(bundle, probes[0])
    model = candidate.build("twin").eval()
    desk = Desk(model, theirs)
    with Stage(model) as stage:
        search = Search(desk, stage)
        search.run()
    open_keys = tuple(unit.keys for unit in desk.open_units())
    if open_keys:
        with Stage(model) as stage:
            guess(desk, stage)
    weights = weight_rules(desk.rules, theirs.weights, model.state_dict())
    found = _Draft(bundle, candidate, theirs, model, weights)
    comparison = found.compared()
    refused = [
        *([Refusal("the model", f"ours raises: {search.failure}")] if search.failure else []),
        *(Refusal(" + ".join(keys), NOT_FOUND) for keys in open_keys),
        *(Refusal(key, NOT_USED) for key in weights.left.theirs),
    ]
    if comparison is None or not comparison.agrees:
        refused = [*found.differences(comparison), *refused]
    state = State.PROVED
    if refused:
        state = State.REFUSED
    elif search.ambiguous:
        state = State.AMBIGUOUS
    return Mapping(
        state=state,
        rules=found.rules,
        text=found.text,
        weights=weights.rules,
        refused=tuple(refused),
        ambiguous=tuple(search.ambiguous),
        weak=found.weak(search.loose) if state is not State.REFUSED else (),
        parts=len(found.pairing.parts) + 1,
        trials=search.trials.count,
    )


class _Draft:
    """A map on its way: what it says, and how it stands the proof."""

    def __init__(
        self,
        bundle: Bundle,
        candidate: Subject,
        theirs: Recorded,
        model: nn.Module,
        weights: Weights,
    ) -> None:
        self._bundle, self._candidate, self._theirs = bundle, candidate, theirs
        self._model, self._weights = model, weights
        links: dict[str, list[str]] = {}
        for rule in weights.rules:
            for a in rule.theirs:
                links.setdefault(a.rpartition(".")[0], []).extend(
                    b.rpartition(".")[0] for b in rule.ours
                )
        self.pairing = paired_parts(bundle, theirs, model, links)
        self.rules, self.text = self._written()

    def _written(self) -> tuple[Rules, str]:
        rules = rules_of(
            self._weights,
            self.pairing,
            theirs=prove.sources(self._bundle),
            ours=(dict(self._model.named_modules()), self._model.state_dict()),
        )
        return rules, text_of(rules)

    def compared(self) -> Comparison | None:
        """Prove it; parts that cannot be compared one by one are left to the part around them."""
        while True:
            weights = prove.read_back(self.text)
            if self._weights.left.theirs or self._weights.left.ours:
                return None
            comparison = prove.compared(self._bundle, self._candidate, weights)
            other = [part for part in prove.elsewhere(comparison) if part in self.pairing.parts]
            right = any(row.part == "" and row.agrees for row in comparison.parts)
            if not other or not right:
                return comparison
            parts = {a: b for a, b in self.pairing.parts.items() if a not in other}
            reasons = {**self.pairing.reasons, **dict.fromkeys(other, LAYOUT)}
            self.pairing = Pairing(parts, reasons)
            self.rules, self.text = self._written()

    def differences(self, comparison: Comparison | None) -> tuple[Refusal, ...]:
        """Say where the two models differ, by what running hypotheses shows."""
        if comparison is None:
            return ()
        weights = prove.read_back(self.text)
        return prove.differences(self._bundle, self._candidate, weights, comparison)

    def weak(self, loose: set[str]) -> tuple[Refusal, ...]:
        """Name what no output shows, in whole or in part."""
        weights = prove.read_back(self.text)
        inputs = [Recorded(self._bundle, probe).inputs for probe in probes_of(self._bundle)]
        blind = prove.unseen(self._bundle, self._candidate, weights, inputs)
        return (*blind, *(Refusal(key, LOOSE) for key in sorted(loose)))
