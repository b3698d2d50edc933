"""Run the parts that differ once more, and look closely at what they give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from scaffold.core.comparison import Rung, Verdict
from scaffold.core.difference import Side
from scaffold.parity import goldens
from scaffold.parity.curves import curves
from scaffold.parity.difference import Where, difference
from scaffold.parity.forward import twin
from scaffold.parity.judge import TURNS
from scaffold.parity.pairing import fitted, paired_inputs, paired_outputs
from scaffold.trace.forward import Trace, traced
from scaffold.trace.replay import run
from scaffold.trace.settled import settled
from scaffold.trace.swap import all_leaves, swapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from torch import nn

    from scaffold.core.comparison import Comparison, PartRow
    from scaffold.core.difference import Difference
    from scaffold.golden import Bundle
    from scaffold.parity.goldens import TheirCall
    from scaffold.parity.pairing import Pairs
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

PARTS = 20
"""How many parts are looked at: what comes late in the dataflow follows from what came first."""
CALLS = 4
"""How many calls of one part; the worst is shown."""
GLUE = "glue before "

Leaves = dict[str, object]
Runs = tuple[Leaves, Leaves | None, list[Leaves]]
"""Ours in the reference's precision, in float64 where that can be, and on moved weights."""


def looked_at(
    comparison: Comparison, bundle: Bundle, candidate: Subject, weights: WeightMap
) -> Comparison:
    """Add a close look at the first parts that differ; what agrees comes back as it is.

    Raises:
        ScaffoldError: Ours cannot be built.
    """
    wanted = list(_wanted(comparison))
    tables = curves(comparison, bundle, candidate, weights)
    if not wanted:
        return replace(comparison, curves=tables) if tables else comparison
    with settled():
        scene = _Scene(bundle, twin(bundle, candidate, weights))
        found = [one for row, side in wanted if (one := scene.worst(row, side)) is not None]
    return replace(comparison, differences=tuple(found), curves=tables)


def _wanted(comparison: Comparison) -> Iterator[tuple[PartRow, Side]]:
    """Give what reaches the part after wrong glue, then every part that is wrong alone."""
    first = comparison.first
    if first is not None and first.rung is Rung.FORWARD and first.place.startswith(GLUE):
        name = first.place.removeprefix(GLUE)
        for row in comparison.parts:
            if row.ours == name and row.interface.verdict is Verdict.DIFFERENT:
                yield row, Side.INPUT
    wrong = [row for row in comparison.parts if row.local.verdict is Verdict.DIFFERENT]
    for row in sorted(wrong, key=lambda row: row.order or 0)[:PARTS]:
        yield row, Side.ALONE


@dataclass(frozen=True, slots=True)
class _Sight:
    """One leaf: where it is, the golden, and the runs that are held against it."""

    where: Where
    theirs: np.ndarray
    path: str
    runs: Runs

    def measured(self) -> Difference | None:
        """Give the difference; None where the two are no tensors of one shape."""
        plain, exact, moved = self.runs
        ours = _array(plain.get(self.path))
        if ours is None or ours.shape != self.theirs.shape or ours.dtype != self.theirs.dtype:
            return None
        center = _array((exact or {}).get(self.path))
        if center is None or center.shape != ours.shape:
            center = ours
        noise = _gap(ours, center)
        for leaves in moved:
            again = _array(leaves.get(self.path))
            if again is not None and again.shape == ours.shape:
                noise = np.fmax(noise, _gap(again, center))
        return difference(self.where, self.theirs, ours, center, noise)


class _Scene:
    """Our model, and its run on each probe that is asked for, once."""

    def __init__(self, bundle: Bundle, model: nn.Module) -> None:
        self._bundle = bundle
        self._model = model
        # A module that stands under two names is recorded under the first.
        names = reversed(list(model.named_modules()))
        self._first = {id(module): name for name, module in names}
        self._modules = dict(model.named_modules(remove_duplicate=False))
        self._traces: dict[tuple[str, torch.dtype | None, int], Trace] = {}

    def worst(self, row: PartRow, side: Side) -> Difference | None:
        """Give the leaf of the call that is farthest off, on the probe where it was seen."""
        judged = row.interface if side is Side.INPUT else row.local
        sights = (
            sight
            for call in self._calls(judged.probe, row.part)
            for sight in self._sights(row, side, judged.probe, call)
        )
        found = [one for sight in sights if (one := sight.measured()) is not None]
        found = [one for one in found if one.worst]
        self._release()
        return max(found, key=lambda one: one.worst[0].ratio, default=None)

    def _calls(self, probe: str, part: str) -> list[TheirCall]:
        calls = goldens.calls_of(self._bundle, probe) if probe else ()
        return [call for call in calls if call.part == part][:CALLS]

    def _sights(self, row: PartRow, side: Side, probe: str, call: TheirCall) -> Iterable[_Sight]:
        module = self._modules.get(row.ours)
        if module is None:
            return ()
        name = self._first[id(module)]
        mine = self._trace(probe).find(name, call.call)
        if mine is None:
            return ()
        given = fitted(self._bundle, paired_inputs(call.inputs, mine.inputs), mine.inputs)
        if given.problem:
            return ()
        if side is Side.INPUT:
            pairs, runs = given, self._live(probe, name, call)
        else:
            args, kwargs = (swapped(one, self._golden(given)) for one in (mine.args, mine.kwargs))
            alone = _alone(module, args, kwargs)
            if alone is None:
                return ()
            pairs, runs = paired_outputs(call.outputs, alone[0]), alone
        return [
            _Sight(
                Where(
                    part=row.part,
                    ours=row.ours,
                    side=side,
                    probe=probe,
                    call=call.call,
                    leaf=entry.leaf,
                ),
                self._bundle.array(entry),
                path,
                runs,
            )
            for path, entry in pairs.of.items()
        ]

    def _golden(self, pairs: Pairs) -> Callable[[str, object], object]:
        def put(path: str, leaf: object) -> object:
            entry = pairs.of.get(path)
            return leaf if entry is None else goldens.tensor(self._bundle, entry)

        return put

    def _live(self, probe: str, name: str, call: TheirCall) -> Runs:
        def inputs(trace: Trace) -> Leaves:
            found = trace.find(name, call.call)
            return {} if found is None else found.inputs

        exact = self._trace(probe, dtype=torch.float64)
        moved = [inputs(self._trace(probe, turn=turn)) for turn in TURNS]
        whole = None if exact.failure or exact.leaks else inputs(exact)
        return inputs(self._trace(probe)), whole, moved

    def _trace(self, probe: str, *, dtype: torch.dtype | None = None, turn: int = 0) -> Trace:
        key = (probe, dtype, turn)
        if key not in self._traces:
            calls = goldens.calls_of(self._bundle, probe)
            whole = next(call for call in calls if call.part == "")
            inputs = [goldens.tensor(self._bundle, entry) for entry in whole.inputs]
            self._traces[key] = traced(self._model, inputs, dtype=dtype, turn=turn, on_disk=True)
        return self._traces[key]

    def _release(self) -> None:
        """Give the memory back that was filled by looking."""
        for trace in self._traces.values():
            trace.release()


def _alone(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Runs | None:
    """Run a part on the recorded input; None where it raises, which its verdict says already."""
    try:
        plain = all_leaves(run(module, args, kwargs).output)
        moved = [all_leaves(run(module, args, kwargs, turn=turn).output) for turn in TURNS]
    except Exception:  # noqa: BLE001 - whatever a candidate raises
        return None
    try:
        done = run(module, args, kwargs, dtype=torch.float64)
    except Exception:  # noqa: BLE001 - a part without float64 is looked at without it
        return plain, None, moved
    return plain, None if done.leaks else all_leaves(done.output), moved


def _array(value: object) -> np.ndarray | None:
    """Give a tensor that numpy knows; it has no bfloat16, for one."""
    if not isinstance(value, Tensor):
        return None
    try:
        return value.detach().cpu().numpy()
    except (TypeError, RuntimeError):
        return None


def _gap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    if one.dtype == np.bool_:
        return np.zeros(one.shape)
    with np.errstate(invalid="ignore"):
        wide = np.complex128 if np.iscomplexobj(one) else np.float64
        gap: np.ndarray = np.abs(one.astype(wide) - other.astype(wide))
    return np.where(np.isfinite(gap), gap, 0.0)
