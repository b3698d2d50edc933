"""Run the trials: the cheapest probe first, then all of them, with a number solved where one is."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch

from scaffold.core.diagnosis import Diagnosis, Explanation
from scaffold.parity.causes import measure
from scaffold.parity.causes.bench import UNCHANGED
from scaffold.parity.causes.numbers import written
from scaffold.parity.causes.trial import ANY, BUILT, DRAWN, NAMED, SOLVED, Free, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.registry import Hypothesis
    from scaffold.parity.causes.trial import Sample

RANDOM = "ours gives another output when it is run again: something random is left on"
MOST_RUNS = 6000
"""Runs of ours; hypotheses beyond are not tried, and the evidence says so."""
MOST_EFFORT = 160_000.0
"""The same in torch calls of no size, so that a large part is not searched for minutes: counted
from shapes and not by a clock, so that a diagnosis is the same on every machine."""
SHARES = {NAMED: 0.5, BUILT: 0.9, SOLVED: 1.0, ANY: 1.0}
"""How much of both is gone at most before what says less has its turn."""
OVERHEAD = 4.0
"""What a run costs beside its calls."""
PASS = 30.0
"""A trial goes on to all probes when its distance on the leading one is below this many limits."""
MARGIN = 2.0
"""What fits must lie this much nearer to theirs than ours and the runner-up do."""
CONFIRMED_RUNNERS = 2
DESCRIBE = frozenset({"axis", "channels", "joined", "offset", "order", "pooling", "stride"})
"""Hypotheses that fitted another row's defect more than once in ten (decision 0047)."""
"""Hypotheses that are told last among those that change as much."""
TURNS = 8
"""Steps of the search for one number."""
LEAST = 0.999999
"""A step that would take more than this share of a positive number is taken by its logarithm."""
GAIN = 0.7
"""A number whose best start leaves more than this share of the distance is not searched on."""


@dataclass(slots=True)
class _Scored:
    hypothesis: Hypothesis
    trial: Trial
    ratio: float

    @property
    def describes(self) -> bool:
        """Whether it says what reproduces theirs, and not why."""
        return self.trial.describes or self.hypothesis.name in DESCRIBE

    def explained(self) -> Explanation:
        return Explanation(
            hypothesis=self.hypothesis.name,
            claim=self.trial.theirs,
            ours=self.trial.ours,
            place=self.trial.place,
            ratio=self.ratio,
            rows=() if self.describes else self.trial.rows or self.hypothesis.rows,
        )


@dataclass(slots=True)
class Search:
    """One diagnosis while it is made."""

    bench: Bench
    limit: float
    ratio: Callable[[measure.Leaves, measure.Run], float] = measure.ratio
    unit: float = measure.UNIT
    runs: int = 0
    spent: float = 0.0
    tried: int = 0
    left: dict[str, None] = field(default_factory=dict)
    lead: Sample = field(init=False)
    noise: dict[str, float] = field(init=False)
    before: float = field(init=False)
    plain: dict[str, Tensor] = field(init=False)
    fits: list[_Scored] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    near: list[_Scored] = field(default_factory=list)

    def diagnose(self, hypotheses: Iterable[Hypothesis]) -> Diagnosis:
        """Run every trial of every hypothesis and weigh what fits."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ratios = [(self.confirmed(UNCHANGED, sample), sample) for sample in self.bench.samples]
            self.before = max(q for q, _ in ratios)
            if self._draws():
                return self._without_drawing(hypotheses)
            if self.before <= self.limit:
                return Diagnosis(ours=self.before, note="the part agrees: there is no cause")
            self._lead([sample for q, sample in ratios if q > self.limit])
            self._run_all(hypotheses)
            return self._weighed()

    def _draws(self) -> bool:
        """Whether ours gives another output when it is run again."""
        sample = self.bench.samples[0]
        try:
            first, again = (self.bench.run(UNCHANGED, sample, torch.float64) for _ in range(2))
        except Exception:  # noqa: BLE001 - what it raises is said elsewhere
            return False
        return not all(
            torch.equal(value.isnan(), again[leaf].isnan())
            and torch.equal(value.nan_to_num(), again[leaf].nan_to_num())
            for leaf, value in first.items()
            if value.is_floating_point()
        )

    def _without_drawing(self, hypotheses: Iterable[Hypothesis]) -> Diagnosis:
        """Try nothing but to draw no random numbers: beside them no ratio means anything."""
        self.before = math.inf
        self._lead(list(self.bench.samples))
        self._run_all(one for one in hypotheses if one.name == DRAWN)
        if self.fits:
            return self._weighed()
        return Diagnosis(ours=self.before, note=RANDOM)

    def confirmed(self, trial: Trial, sample: Sample) -> float:
        """Return q of a trial on one sample; infinite when it cannot be run."""

        def run(dtype: torch.dtype, turn: int) -> measure.Leaves:
            self._count()
            return self.bench.run(trial, sample, dtype, turn)

        try:
            if self.bench.leaks and not trial.precise:
                return measure.ratio(sample.theirs, run, exact=False)
            return self.ratio(sample.theirs, run)
        except Exception:  # noqa: BLE001 - a change may break ours in any way
            return measure.NEVER

    def _lead(self, wrong: list[Sample]) -> None:
        """Choose the smallest probe on which ours is wrong."""
        self.lead = min(wrong, key=lambda one: sum(leaf.numel() for leaf in one.theirs.values()))
        try:
            self.plain = self.bench.run(UNCHANGED, self.lead, torch.float64)
            rounded: dict[str, Tensor] | None = self.bench.run(UNCHANGED, self.lead, torch.float32)
        except Exception:  # noqa: BLE001 - ours may fail where theirs did not
            self.plain, rounded = {}, {}
        # Where ours casts below float64, both runs cast, and their difference is no rounding.
        rounded = None if self.bench.leaks else rounded
        self.noise = measure.noises(self.lead.theirs, self.plain, rounded, self.unit)

    def _run_all(self, hypotheses: Iterable[Hypothesis]) -> None:
        """Run the settings first, then the changes of structure, then what stands in for any.

        Every hypothesis has its turn, one trial each, so that the many of one do not use up what
        there is for the others.
        Once something fits, and there is a runner-up to hold it against, what says less is not
        tried: it would be reported behind it.
        """
        planned = [
            (_rank(trial), turn, one, trial)
            for one in hypotheses
            for turn, trial in enumerate(self._trials(one))
        ]
        for rank, _, one, trial in sorted(planned, key=lambda plan: plan[:2]):
            if self._settled(rank):
                return
            share = SHARES[rank]
            if self.runs > share * MOST_RUNS or self.spent > share * MOST_EFFORT:
                self.left[one.name] = None
            elif isinstance(trial, Trial):
                self._try(one, trial)
            else:
                self._solve(one, trial)

    def _settled(self, rank: int) -> bool:
        """Whether something fits that says more than this rank, and something else does not fit."""
        names = {fit.hypothesis.name for fit in self.fits if fit.trial.rank < rank}
        return bool(names) and any(one.hypothesis.name not in names for one in self.near)

    def _count(self) -> None:
        """Count one run of ours, whatever for."""
        self.runs += 1
        self.spent += OVERHEAD + max(self.bench.effort, len(self.bench.sites))

    def _trials(self, one: Hypothesis) -> list[Trial | Free]:
        found: list[Trial | Free] = []
        try:
            found += one.generate(self.bench) if one.generate else ()
        except Exception:  # noqa: BLE001 - one that stumbles must not hide the others
            self.broken.append(one.name)
        return found

    def _try(self, one: Hypothesis, trial: Trial) -> bool:
        """Try one change; whether it fits on every probe."""
        distance = self._distance(trial)
        if distance is None:
            return False
        self.tried += 1
        return self._judged(one, trial, distance)

    def _judged(self, one: Hypothesis, trial: Trial, distance: float) -> bool:
        scored = _Scored(one, trial, distance)
        if distance > PASS * self.limit:
            self.near = sorted([*self.near, scored], key=lambda s: s.ratio)[:8]
            return False
        worst = 0.0
        for sample in sorted(self.bench.samples, key=lambda s: s is not self.lead):
            worst = max(worst, self.confirmed(trial, sample))
            if worst > self.limit:
                break
        scored.ratio = worst
        # A number that was solved for is free to come near by accident.
        limit = self.limit / MARGIN if trial.solved else self.limit
        if worst <= min(limit, self.before / MARGIN):
            self.fits.append(scored)
            return True
        self.near = sorted([*self.near, scored], key=lambda s: s.ratio)[:8]
        return False

    def _output(self, trial: Trial) -> dict[str, Tensor] | None:
        self._count()
        try:
            return self.bench.run(trial, self.lead, torch.float64)
        except Exception:  # noqa: BLE001 - a change may break ours in any way
            return None

    def _distance(self, trial: Trial) -> float | None:
        """Return about q on the leading probe, None for a change that changes nothing."""
        output = self._output(trial)
        # In float64 most casts are left out anyway, so leaving them out changes nothing there.
        if output is None or (_same(output, self.plain) and not trial.precise):
            return None
        return measure.quick(self.lead.theirs, output, self.noise)

    def _solve(self, one: Hypothesis, free: Free) -> None:
        """Solve for the number, then prefer a number near it that somebody would write."""
        scores, moves = {}, False
        for number in dict.fromkeys(free.grid):
            output = self._output(free.make(number))
            if output is not None:
                scores[number] = measure.quick(self.lead.theirs, output, self.noise)
                moves = moves or not _same(output, self.plain)
        if not moves:
            return
        self.tried += 1
        passing = sorted(n for n, d in scores.items() if d <= PASS * self.limit)
        if any(self._judged(one, free.make(n), scores[n]) for n in _plainest(passing)):
            return
        start = min(scores, key=lambda number: scores[number])
        solved = self._solved(free, start)
        if solved is None:
            trial = free.make(start)
            self.near = sorted(
                [*self.near, _Scored(one, trial, scores[start])], key=lambda s: s.ratio
            )[:8]
            return
        for _, number in written(solved, self.bench.sizes)[:6]:
            trial = replace(free.make(number), solved=True)
            distance = self._distance(trial)
            if distance is None or distance > PASS * self.limit:
                continue
            if self._judged(one, trial, distance):
                return
        trial = free.make(solved)
        trial = replace(trial, rank=max(trial.rank, SOLVED), solved=True)
        distance = self._distance(trial)
        if distance is not None:
            self._judged(one, trial, distance)

    def _solved(self, free: Free, start: float) -> float | None:
        """Follow the residual to zero by Gauss-Newton steps in one number."""
        number = start
        target = measure.stacked(self.lead.theirs, self.lead.theirs, self.noise)
        base = self._stacked(UNCHANGED)
        if target is None:
            return None
        before = math.inf if base is None else float(torch.linalg.vector_norm(target - base))
        best: tuple[float, float] | None = None
        for turn in range(TURNS):
            here = self._stacked(free.make(number))
            step = _nudge(number, positive=free.positive)
            there = self._stacked(free.make(step))
            if here is None or there is None:
                break
            distance = float(torch.linalg.vector_norm(target - here))
            if best is None or distance < best[0]:
                best = (distance, number)
            if turn == 2 and best[0] > GAIN * before:  # noqa: PLR2004 - after three looks
                return None
            width = math.log(step / number) if free.positive else step - number
            slope = (there - here) / width
            curvature = float(slope @ slope)
            if curvature == 0.0 or not math.isfinite(curvature):
                break
            move = float(slope @ (target - here)) / curvature
            fresh = _moved(number, move, positive=free.positive)
            if not math.isfinite(fresh) or abs(fresh - number) <= 1e-10 * abs(number):
                break
            number = fresh
        if best is None:
            return None
        last = self._stacked(free.make(number))
        if last is not None and float(torch.linalg.vector_norm(target - last)) < best[0]:
            return number
        return best[1]

    def _stacked(self, trial: Trial) -> Tensor | None:
        output = self._output(trial)
        return None if output is None else measure.stacked(output, self.lead.theirs, self.noise)

    def _weighed(self) -> Diagnosis:
        best = min((fit.trial.rank for fit in self.fits), default=ANY)
        leading = _one_each([fit for fit in self.fits if fit.trial.rank == best])
        leading = self._joined(leading)
        names = {fit.hypothesis.name for fit in leading}
        others = _one_each([fit for fit in self.fits if fit.trial.rank != best])
        runner = self._runner_up()
        if leading and runner is not None and runner.ratio < MARGIN * leading[0].ratio:
            self.near = [runner, *leading]
            leading, others = [], []
        return Diagnosis(
            ours=self.before,
            fits=tuple(fit.explained() for fit in leading),
            also=tuple(f.explained() for f in others if f.hypothesis.name not in names),
            runner_up=None if runner is None else runner.explained(),
            tried=self.tried,
            broken=tuple(self.broken),
            left=tuple(self.left),
        )

    def _joined(self, leading: list[_Scored]) -> list[_Scored]:
        """Let a setting say how ours spells a change that another hypothesis names."""
        spelled = [fit for fit in leading if fit.trial.settings]
        others = [fit for fit in leading if not fit.trial.settings]
        for fit in others:
            for setting in spelled:
                if self._alike(fit.trial, setting.trial):
                    place = f"{fit.trial.place}, as {setting.trial.theirs} does"
                    fit.trial = replace(fit.trial, place=place)
                    leading = others
        return leading

    def _alike(self, left: Trial, right: Trial) -> bool:
        """Whether two changes give the same function on the leading probe, beyond rounding."""
        mine, other = self._stacked(left), self._stacked(right)
        return mine is not None and other is not None and torch.allclose(mine, other, rtol=1e-9)

    def _runner_up(self) -> _Scored | None:
        """Return the nearest trial that does not fit, of another hypothesis than those that do."""
        names = {fit.hypothesis.name for fit in self.fits}
        others = [one for one in self.near if one.hypothesis.name not in names]
        for one in others[:CONFIRMED_RUNNERS]:
            worst = max(self.confirmed(one.trial, sample) for sample in self.bench.samples)
            one.ratio = max(worst, self.limit * 1.0001)
        return min(others, key=lambda one: one.ratio, default=None)


def _one_each(fits: list[_Scored]) -> list[_Scored]:
    """Return one fit per hypothesis: the one that changes least, then the first."""
    found: dict[str, list[_Scored]] = {}
    for fit in fits:
        found.setdefault(fit.hypothesis.name, []).append(fit)
    leading = []
    for same in found.values():
        first = min(same, key=lambda fit: _size(fit.trial))
        places = dict.fromkeys(
            fit.trial.place
            for fit in same
            if _size(fit.trial) == _size(first.trial) and fit.trial.place != first.trial.place
        )
        if places:
            place = " or ".join([first.trial.place, *list(places)[:3]])
            first = _Scored(first.hypothesis, replace(first.trial, place=place), first.ratio)
        leading.append(first)
    return sorted(
        leading,
        key=lambda fit: (
            _size(fit.trial),
            fit.describes,
            fit.ratio,
        ),
    )


def _rank(trial: Trial | Free) -> int:
    return trial.rank if isinstance(trial, Trial) else trial.make(trial.grid[0]).rank


def _size(trial: Trial) -> int:
    return len(trial.sites) + len(trial.calls) + (trial.state is not None)


def _plainest(numbers: list[float]) -> Iterator[float]:
    """Powers of ten first."""
    return iter(sorted(numbers, key=lambda n: (len(f"{n:g}".strip("0.-")), n)))


def _moved(number: float, move: float, *, positive: bool) -> float:
    """Go straight on, since most outputs are nearly linear in the number; but stay positive."""
    if not positive:
        return number + move
    return number * (1.0 + move) if move > -LEAST else number * math.exp(max(move, -5.0))


def _nudge(number: float, *, positive: bool) -> float:
    if positive:
        return number * (1.0 + 1e-4)
    return number + 1e-4 * max(abs(number), 1e-3)


def _same(left: dict[str, Tensor], right: dict[str, Tensor]) -> bool:
    return left.keys() == right.keys() and all(
        torch.equal(value, right[leaf]) for leaf, value in left.items()
    )


__all__ = ["NAMED", "Search"]
