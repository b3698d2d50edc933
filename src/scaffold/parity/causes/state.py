"""Find out why the state after a few training steps differs, by training again with a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.core.comparison import Rung
from scaffold.core.diagnosis import Diagnosis
from scaffold.parity.causes.bench import function_bench
from scaffold.parity.causes.families.states import norms_of
from scaffold.parity.causes.measure import NEVER
from scaffold.parity.causes.registry import of_rung
from scaffold.parity.causes.search import Search
from scaffold.parity.causes.trial import Sample
from scaffold.parity.rungs.steps import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn

    from scaffold.parity.causes.bench import Run
    from scaffold.parity.causes.watch import Watch


def diagnose_state(
    build: Callable[[torch.dtype, int], nn.Module],
    train: Callable[[nn.Module, torch.dtype], object],
    theirs: Mapping[str, Tensor],
    limit: float = LIMIT,
) -> Diagnosis:
    """Run every hypothesis about what training does to the state.

    Args:
        build: Ours with theirs' weights, in a precision and a turn: moved by a round-off, or not.
        train: Trains a model in place on the recorded batches.
        theirs: The tensors after training, by our names; what to judge by.
        limit: The q up to which a difference is rounding.
    """

    def call(run: Run, _watch: Watch) -> dict[str, Tensor]:
        model = build(run.dtype, run.turn)
        if run.trial.change is not None:
            run.trial.change(model)
        train(model, run.dtype)
        state = model.state_dict()
        return {name: state[name].detach().clone() for name in theirs if name in state}

    sample = Sample(probe="training", args=(), kwargs={}, theirs=dict(theirs))

    norms = norms_of(build(torch.float32, 0))
    if not norms:
        note = "ours keeps no running statistics, so no hypothesis about them could be run"
        return Diagnosis(ours=NEVER, note=note)
    bench = function_bench(call, (sample,), facts=norms)
    return Search(bench, limit).diagnose(of_rung(Rung.STATE))
