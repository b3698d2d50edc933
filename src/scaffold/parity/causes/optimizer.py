"""Find out why parameters move otherwise: replay the recorded gradients by other rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from scaffold.core.comparison import Rung
from scaffold.core.diagnosis import Diagnosis
from scaffold.parity.causes.bench import Run, function_bench
from scaffold.parity.causes.measure import NEVER, UNIT
from scaffold.parity.causes.registry import of_rung
from scaffold.parity.causes.search import Search
from scaffold.parity.causes.trial import Sample
from scaffold.parity.causes.update import Rule, rule_of, travelled
from scaffold.parity.rungs.optimizer import LIMIT
from scaffold.trace.optimizer import CHANGE, FACTOR, STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from scaffold.parity.causes import measure
    from scaffold.parity.causes.measure import Leaves
    from scaffold.parity.causes.watch import Watch


@dataclass(frozen=True, slots=True)
class Facts:
    """What the hypotheses start from: our rule per parameter, and which parameters differ."""

    rules: Mapping[str, Rule]
    wrong: frozenset[str]


def diagnose_optimizer(
    start: Mapping[str, Tensor],
    gradients: Callable[[int], Mapping[str, Tensor]],
    theirs: Mapping[int, Mapping[str, Tensor]],
    ours: Mapping[int, Mapping[str, Tensor]],
    settings: Mapping[str, Mapping[str, Any]],
    limit: float = LIMIT,
) -> Diagnosis:
    """Run every hypothesis about the optimiser.

    Args:
        start: The parameters before the first step, by our names.
        gradients: The recorded gradients of a step, counted from one.
        theirs: How far theirs has moved each parameter, by kept step.
        ours: How far ours has, in float64: the rules written out here must give the same.
        settings: Our groups, as `trace.optimizer.groups` lists them.
        limit: The q up to which a difference is rounding.
    """
    kept = sorted(theirs)
    rules = {name: rule_of(settings[name]) for name in theirs[kept[0]] if name in settings}
    known = {name: rule for name, rule in rules.items() if rule is not None}
    if not known:
        kinds = ", ".join(sorted({str(one.get("class")) for one in settings.values()}))
        note = f"{kinds} is not written out here, so no hypothesis could be run"
        return Diagnosis(ours=NEVER, note=note)
    replay = _Replay(start, [gradients(step) for step in range(1, STEPS + 1)], known, kept)
    if not replay.gives(ours):
        note = "our optimiser does not move as its settings say, so no hypothesis could be run"
        return Diagnosis(ours=NEVER, note=note)
    recorded = {f"{name}@{step}": theirs[step][name].double() for name in known for step in kept}
    sample = Sample(probe="replay", args=(), kwargs={}, theirs=recorded)
    ratio = partial(_ratio, start)
    wrong = frozenset(
        name
        for name in known
        if ratio({f"{name}@{step}": recorded[f"{name}@{step}"] for step in kept}, replay.plain)
        > limit
    )
    facts = Facts(known, wrong or frozenset(known))
    bench = function_bench(replay.call, (sample,), facts=facts)
    return Search(bench, limit, ratio).diagnose(of_rung(Rung.OPTIMIZER))


class _Replay:
    """Move all parameters by their rules; those that share a rule are moved as one tensor."""

    def __init__(
        self,
        start: Mapping[str, Tensor],
        gradients: Sequence[Mapping[str, Tensor]],
        rules: Mapping[str, Rule],
        kept: Sequence[int],
    ) -> None:
        self._start, self._gradients = start, gradients
        self._rules, self._kept = rules, kept
        self._rates = [FACTOR if step >= CHANGE else 1.0 for step in range(1, STEPS + 1)]
        self._joined: dict[tuple[str, ...], list[Tensor]] = {}

    def call(self, run: Run, _watch: Watch) -> dict[str, Tensor]:
        """Return how far every parameter has come, with the change of a trial."""
        change = run.trial.change
        return self._moved(change or (lambda _name, rule: rule), run.dtype)

    def plain(self, dtype: torch.dtype, _turn: int) -> dict[str, Tensor]:
        """Return how far every parameter has come by our rules."""
        return self._moved(lambda _name, rule: rule, dtype)

    def gives(self, ours: Mapping[int, Mapping[str, Tensor]]) -> bool:
        """Whether the rules move as our optimiser did."""
        mine = self.plain(torch.float64, 0)
        return all(
            torch.allclose(mine[f"{name}@{step}"], ours[step][name].double(), rtol=1e-6, atol=1e-13)
            for name in self._rules
            for step in self._kept
        )

    def _moved(self, change: Callable[[str, Rule], Rule], dtype: torch.dtype) -> dict[str, Tensor]:
        together: dict[Rule, list[str]] = {}
        for name, rule in self._rules.items():
            together.setdefault(change(name, rule), []).append(name)
        found = {}
        for rule, names in together.items():
            # A norm is taken of each parameter alone.
            for some in [[name] for name in names] if rule.clip_norm else [names]:
                flat = torch.cat([self._start[name].to(dtype).flatten() for name in some])
                gradients = self._flat(tuple(some))
                moved = travelled(rule, flat, gradients, self._rates, self._kept)
                for step, whole in moved.items():
                    pieces = torch.split(whole, [self._start[name].numel() for name in some])
                    for name, piece in zip(some, pieces, strict=True):
                        found[f"{name}@{step}"] = piece.reshape(self._start[name].shape)
        return found

    def _flat(self, names: tuple[str, ...]) -> list[Tensor]:
        if names not in self._joined:
            self._joined[names] = [
                torch.cat([step[name].flatten() for name in names]) for step in self._gradients
            ]
        return self._joined[names]


def _ratio(start: Mapping[str, Tensor], theirs: Leaves, run: measure.Run) -> float:
    """Return q with a noise per element, since an optimiser works element by element."""
    exact, rounded = run(torch.float64, 0), run(torch.float32, 0)
    worst = 0.0
    for leaf, value in theirs.items():
        right = exact[leaf]
        least = UNIT * (start[leaf.rpartition("@")[0]].double().abs() + 2.0 * right.abs())
        floor = torch.maximum((rounded[leaf] - right).abs(), least)
        gap = (value - right).abs()
        each = torch.where(gap > 0, gap / floor, 0.0)
        worst = max(worst, float(each.square().mean().sqrt()))
    return NEVER if worst != worst else worst  # noqa: PLR0124 - NaN
