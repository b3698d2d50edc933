"""Find which tensors of theirs become which of ours, by running ours on theirs' recorded inputs.

Ours is run in the order in which it computes. Where a part's input is a recorded tensor, the parts
of theirs that took that tensor are tried: with their weights, does ours give what was recorded?
What one part alone cannot show is decided with others, at the next border at which it shows. Where
two parts of theirs fit, the nearer one is taken, and the other is tried when the way leads nowhere;
at the end every such choice is made the other way, to see whether anything tells the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from scaffold.parity.mapping.alone import sources
from scaffold.parity.mapping.recorded import CLOSE, FEWEST, same
from scaffold.parity.mapping.together import decided
from scaffold.parity.mapping.trial import Cover, Leaves, Place, Trials, alike, tensors
from scaffold.parity.mapping.turned import rearranged, rearrangements
from scaffold.parity.mapping.units import numbers
from scaffold.parity.mapping.watch import Border, Stage, Watch, copied, trusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.parity.mapping.desk import Desk, Held
    from scaffold.parity.mapping.units import Unit

DEPTH = 4
"""How many ties are broken another way at the same time."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Units for which more than one cover reproduces a recorded tensor."""

    units: tuple[str, ...]
    others: tuple[Cover, ...]


class Search:
    """One search over one probe."""

    def __init__(self, desk: Desk, stage: Stage) -> None:
        self.desk = desk
        self.trials = Trials(desk, stage)
        self.loose: set[str] = set()
        """Tensors of ours of which another arrangement gives the same: it is not read in full."""
        self.ambiguous: list[tuple[str, ...]] = []
        self.sizes: dict[str, str] = {}
        """What takes the same tensor as one of ours, in another size."""
        self.failure = ""
        """What ours raised, when it could not be run on what theirs got."""
        self._ties: list[Tie] = []
        self._forced: dict[str, Cover] = {}
        self._failed: set[tuple[str, tuple[str, ...]]] = set()

    def run(self) -> bool:
        """Search in the whole model; True when everything that its output depends on is known."""
        return self._solve(Place("", self.desk.model, self.desk.theirs.inputs, {}))

    def _solve(self, place: Place, depth: int = 0) -> bool:
        """Decide everything below a part whose input is known."""
        before, mark = self.desk.held(), len(self._ties)
        solved = self._decide(place)
        if not solved and depth < DEPTH:
            solved = self._other_way(place, before, mark, depth)
        if solved and depth == 0:
            self._weigh(place, before, mark)
        return solved

    def _decide(self, place: Place) -> bool:
        while True:
            borders = self._learn(place)
            if self.failure:
                return False
            if not borders:
                if rearranged(self.trials, place):
                    continue
                return place.part != "" or self._ends_right(place)
            found = decided(self.trials, place, borders, self._forced)
            if found is not None:
                self._settle(*found)
            elif not self._turned(place):
                return False

    def _turned(self, place: Place) -> bool:
        """Exchange rows of what is known, where that makes something behind it known."""
        held, before = self.desk.held(), len(self.desk.open_units(place.part))
        for options in rearrangements(self.trials, place):
            self.desk.settle(options)
            self._learn(place)
            if len(self.desk.open_units(place.part)) < before:
                return True
            self.desk.restore(held)
        return False

    def _ends_right(self, place: Place) -> bool:
        """Whether the whole model gives what theirs gave, as it lies."""
        return all(
            any(same(theirs, ours.detach()) for ours in place.output)
            for theirs in self.desk.theirs.outputs
            if theirs.is_floating_point() and theirs.numel() >= FEWEST
        )

    def _learn(self, place: Place) -> list[Border]:
        """Run a part once, decide what its own parts show, and give what remains unknown."""
        watch = Watch(names=self.desk.names)
        place.marks.clear()

        def before(
            part: str, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
        ) -> None:
            units = self.desk.open_units(part)
            if module is place.module or not units or not trusted((args, kwargs)):
                return
            self._enter(Place(part, module, copied(args), copied(kwargs)), units)
            watch.names = self.desk.names

        watch.before = before
        watch.after = lambda part, _, output: self._injected(place, watch, part, output)
        try:
            output = self.trials.stage.run(place.module, place.args, place.kwargs, watch)
        except Exception as error:  # noqa: BLE001 - what ours raises is a finding
            self.failure = f"{type(error).__name__}: {error}"
            return watch.borders
        place.output = tensors(output)
        return watch.borders

    def _enter(self, place: Place, units: Sequence[Unit]) -> None:
        """Decide what a part within shows, before it runs."""
        if all(unit.part == place.part for unit in units):
            forced = self._forced.get(units[0].keys[0])
            found = sources(self.trials, place, units, forced)
            if found:
                self._settle(units, found)
            else:
                self._note_sizes(place, units)
            return
        key = (place.part, tuple(unit.keys[0] for unit in units))
        if key not in self._failed and not self._solve(place):
            left = self.desk.open_units(place.part)
            self._failed.add((place.part, tuple(unit.keys[0] for unit in left)))

    def _note_sizes(self, place: Place, units: Sequence[Unit]) -> None:
        """Remember the part of theirs that takes the same tensor, and has other sizes."""
        free = self.desk.free()
        for part in self.trials.takers(tensors((place.args, place.kwargs))):
            for unit in (unit for unit in free if unit.part == part):
                if numbers(unit.shapes) != numbers(units[0].shapes):
                    self.sizes[units[0].keys[0]] = (
                        f"it is {list(units[0].shapes[0])}, and {unit.keys[0]} of theirs, which "
                        f"takes the same tensor, is {list(unit.shapes[0])}"
                    )

    def _injected(self, place: Place, watch: Watch, part: str, output: object) -> Tensor | None:
        """Give what was recorded where ours gave the same, so that rounding does not add up."""
        if not isinstance(output, Tensor) or output.requires_grad:
            return None
        found = self.desk.theirs.find(output, tolerance=CLOSE)
        if not found or not output.is_floating_point():
            return None
        makers = self.desk.theirs.makers.get(found[0].hash, ())
        if makers:
            place.marks.append((watch.count, min(call.done for call in makers)))
        own = any(unit.part == part for unit in self.desk.units)
        return found[0].value.clone() if own else None

    def _settle(self, units: Sequence[Unit], found: Sequence[Cover]) -> None:
        """Take the first of some covers as known, and remember the others."""
        best = found[0]
        others = []
        for cover in found[1:]:
            if self._same(best, cover):
                continue
            if _sources(cover) == _sources(best):
                self.loose |= {
                    key for option in cover for rule in option.rules for key in rule.ours
                }
            else:
                others.append(cover)
        self.desk.settle(best)
        if others:
            self._ties.append(Tie(tuple(unit.keys[0] for unit in units), tuple(others)))

    def _same(self, one: Cover, other: Cover) -> bool:
        """Whether two covers put the same numbers into ours: tied tensors have several names."""
        keys = [key for option in one for rule in option.rules for key in rule.ours]
        self.desk.load(one)
        values = [self.desk.tensors[key].detach().clone() for key in keys]
        self.desk.load(other)
        return all(self.desk.tensors[k].equal(v) for k, v in zip(keys, values, strict=True))

    def _other_way(self, place: Place, before: Held, mark: int, depth: int) -> bool:
        """Break the ties of this part another way, when the way that was taken leads nowhere."""
        after, ties = self.desk.held(), self._ties[mark:]
        for tie in ties:
            for other in tie.others:
                if self._again(place, before, tie, other, mark, depth + 1):
                    return True
        self.desk.restore(after)
        self._ties[mark:] = ties
        return False

    def _again(
        self, place: Place, before: Held, tie: Tie, other: Cover, mark: int, depth: int
    ) -> bool:
        """Solve a part again from its beginning, with one tie broken another way."""
        self.desk.restore(before)
        del self._ties[mark:]
        failed, self._failed = self._failed, set()
        forced = self._forced
        self._forced = forced | dict.fromkeys(tie.units, other)
        try:
            return self._solve(place, depth)
        finally:
            self._forced, self._failed = forced, failed

    def _weigh(self, place: Place, before: Held, mark: int) -> None:
        """Break every tie the other way: where the part gives the same again, nobody can tell."""
        ties, after, output = self._ties[mark:], self.desk.held(), place.output
        if not ties:
            return
        still: list[Tie] = []
        for tie in ties:
            others = []
            for other in tie.others:
                if not self._again(place, before, tie, other, mark, DEPTH):
                    continue
                if alike(place.output, output):
                    self._differing(after)
                elif self._recorded(place.output) or not self._recorded(output):
                    others.append(other)
            if others:
                still.append(Tie(tie.units, tuple(others)))
        self.desk.restore(after)
        place.output = output
        self._ties[mark:] = still

    def _recorded(self, output: Leaves) -> bool:
        return self.trials.distance(output) is not None

    def _differing(self, after: Held) -> None:
        """Note the tensors whose sources differ between two solutions."""
        group = tuple(key for key, rule in self.desk.rules.items() if after.rules.get(key) != rule)
        if group and group not in self.ambiguous:
            self.ambiguous.append(group)


def _sources(cover: Cover) -> frozenset[tuple[tuple[str, ...], tuple[str, ...]]]:
    return frozenset((rule.theirs, rule.ours) for option in cover for rule in option.rules)
