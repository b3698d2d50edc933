"""Find a map: search on one probe, write it down, read it back, and prove it on all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.parity.goldens import probes_of
from scaffold.parity.mapping import prove
from scaffold.parity.mapping.desk import Desk
from scaffold.parity.mapping.guess import guess
from scaffold.parity.mapping.parts import LAYOUT, Pairing, paired_parts, with_weights_alike
from scaffold.parity.mapping.recorded import Recorded
from scaffold.parity.mapping.rules import Weights, rules_of, weight_rules
from scaffold.parity.mapping.search import Search
from scaffold.parity.mapping.sizes import full_shapes, in_full_size, opened
from scaffold.parity.mapping.value import Mapping, Refusal, State
from scaffold.parity.mapping.watch import Stage
from scaffold.parity.mapping.write import text_of
from scaffold.trace.settled import settled

if TYPE_CHECKING:
    from torch import nn

    from scaffold.core.comparison import Comparison
    from scaffold.golden import Bundle
    from scaffold.parity.mapfile import Rules
    from scaffold.parity.mapping.options import Rule
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
        sure = dict(desk.rules)
        open_keys = tuple(unit.keys for unit in desk.open_units())
        if open_keys:
            guess(desk, stage)
    draft = _Draft(bundle, candidate, theirs, model, desk.rules, guessed=bool(open_keys))
    comparison = draft.compared()
    refused = [
        *([Refusal("the model", f"ours raises: {search.failure}")] if search.failure else []),
        *(
            Refusal(" + ".join(keys), search.sizes.get(keys[0], NOT_FOUND))
            for keys in sorted(open_keys, key=lambda keys: keys[0] not in search.sizes)
        ),
        *(Refusal(key, NOT_USED) for key in draft.weights.left.theirs),
    ]
    if comparison is not None and not comparison.agrees:
        refused = [*draft.differences(comparison), *refused]
    if refused:
        return draft.refused(sure, comparison, refused, search)
    return Mapping(
        state=State.AMBIGUOUS if search.ambiguous else State.PROVED,
        rules=draft.rules,
        text=draft.text,
        weights=draft.weights.rules,
        ambiguous=tuple(search.ambiguous),
        weak=draft.weak(search.loose),
        parts=len(draft.pairing.parts) + 1,
        trials=search.trials.count,
        notes=draft.in_full_size(),
    )


class _Draft:
    """A map on its way: what it says, and how it stands the proof."""

    def __init__(
        self,
        bundle: Bundle,
        candidate: Subject,
        theirs: Recorded,
        model: nn.Module,
        found: dict[str, Rule],
        *,
        guessed: bool,
    ) -> None:
        self._bundle, self._candidate, self._theirs = bundle, candidate, theirs
        self._model = model
        self._full = full_shapes(bundle, candidate)
        self.weights = self._weights(found)
        links: dict[str, list[str]] = {}
        for rule in self.weights.rules:
            for a in rule.theirs:
                links.setdefault(a.rpartition(".")[0], []).extend(
                    b.rpartition(".")[0] for b in rule.ours
                )
        self.pairing = paired_parts(bundle, theirs, model, links)
        if guessed:
            keys = [(rule.theirs, rule.ours) for rule in self.weights.rules]
            self.pairing = with_weights_alike(self.pairing, theirs, model, keys)
        self.rules = self._rules()
        self.text = text_of(self.rules)

    def _weights(self, found: dict[str, Rule]) -> Weights:
        weights = weight_rules(found, self._theirs.weights, self._model.state_dict())
        rules = tuple(opened(rule, self._theirs.weights, self._full) for rule in weights.rules)
        return replace(weights, rules=rules)

    def _rules(self) -> Rules:
        return rules_of(
            self.weights,
            self.pairing,
            theirs=prove.sources(self._bundle),
            ours=(dict(self._model.named_modules()), self._model.state_dict()),
        )

    def refused(
        self,
        sure: dict[str, Rule],
        comparison: Comparison | None,
        refused: list[Refusal],
        search: Search,
    ) -> Mapping:
        """Keep the rules that reproduced recorded tensors, and the parts that agree."""
        right = {row.part for row in comparison.parts if row.agrees} if comparison else set()
        parts = {a: b for a, b in self.pairing.parts.items() if a in right}
        self.pairing = Pairing(parts, {})
        self.weights = replace(self._weights(sure), dropped=())
        self.rules = self._rules()
        return Mapping(
            state=State.REFUSED,
            rules=self.rules,
            text=text_of(self.rules),
            weights=self.weights.rules,
            refused=tuple(refused),
            ambiguous=tuple(search.ambiguous),
            parts=len(parts),
            trials=search.trials.count,
        )

    def compared(self) -> Comparison | None:
        """Prove it; parts that cannot be compared one by one are left to the part around them."""
        while True:
            weights = prove.read_back(self.text)
            if self.weights.left.theirs or self.weights.left.ours:
                return None
            comparison = prove.compared(self._bundle, self._candidate, weights)
            other = [part for part in prove.elsewhere(comparison) if part in self.pairing.parts]
            right = any(row.part == "" and row.agrees for row in comparison.parts)
            if not other or not right:
                return comparison
            parts = {a: b for a, b in self.pairing.parts.items() if a not in other}
            reasons = {**self.pairing.reasons, **dict.fromkeys(other, LAYOUT)}
            self.pairing = Pairing(parts, reasons)
            self.rules = self._rules()
            self.text = text_of(self.rules)

    def differences(self, comparison: Comparison) -> tuple[Refusal, ...]:
        """Say where the two models differ, by what running hypotheses shows."""
        weights = prove.read_back(self.text)
        return prove.differences(self._bundle, self._candidate, weights, comparison)

    def in_full_size(self) -> tuple[str, ...]:
        """Say where the map does not fit the full size."""
        return in_full_size(self._bundle, self._candidate, prove.read_back(self.text))

    def weak(self, loose: set[str]) -> tuple[Refusal, ...]:
        """Name what no output shows, in whole or in part."""
        weights = prove.read_back(self.text)
        inputs = [Recorded(self._bundle, probe).inputs for probe in probes_of(self._bundle)]
        blind = prove.unseen(self._bundle, self._candidate, weights, inputs)
        return (*blind, *(Refusal(key, LOOSE) for key in sorted(loose)))
