"""Record what theirs reports on stored predictions, degenerate ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.core.errors import ScaffoldError
from scaffold.trace import metrics, nest, roles

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording


def record(recording: Recording) -> str:
    """Add each case with its metrics, and say why there is none.

    A case that theirs refuses is named with the reason.
    """
    with torch.no_grad():
        output = recording.model()(*recording.inputs)
    structure, writer = nest.outline(output), recording.writer
    refused: dict[str, str] = {}
    kept = 0
    for case in metrics.cases(nest.leaves(output), recording.target, recording.seed):
        try:
            found = recording.subject.metrics(case.given(structure))
        except ScaffoldError as error:
            refused[case.name] = error.what.splitlines()[0]
            continue
        kept += 1
        for number, batch in enumerate(case.batches):
            for path, leaf in batch.leaves.items():
                writer.add(
                    leaf.numpy(),
                    role=roles.METRIC_OUTPUT,
                    leaf=path,
                    call=number,
                    probe=case.name,
                )
            writer.add(batch.target.numpy(), role=roles.METRIC_TARGET, call=number, probe=case.name)
        for name, value in found.items():
            kind = np.int64 if isinstance(value, int) else np.float64
            writer.add(
                np.asarray(value, dtype=kind), role=roles.METRIC_VALUE, part=name, probe=case.name
            )
    writer.table(roles.METRICS, {"structure": structure, "refused": refused})
    if kept:
        return ""
    why = "; ".join(refused.values()) or "its outputs are no batch of one prediction a target"
    return f"theirs has metrics for none of the predictions that can be made here ({why})"
