"""Record every term of theirs' loss on real, large, equal and degenerate outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.core.errors import ScaffoldError
from scaffold.trace import loss, nest, roles

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording


def record(recording: Recording) -> None:
    """Add each case with its terms; a case that theirs refuses is named with the reason."""
    with torch.no_grad():
        output = recording.model()(*recording.inputs)
    structure, writer = nest.outline(output), recording.writer
    refused = {}
    for case in loss.cases(nest.leaves(output), recording.target, recording.seed):
        try:
            terms = loss.evaluated(recording.subject.loss_terms, structure, case, torch.float32)
        except (ScaffoldError, RuntimeError) as error:
            # Not `where`: the adapter's folder is no part of what the reference gives.
            reason = error.what if isinstance(error, ScaffoldError) else str(error)
            refused[case.name] = reason.splitlines()[0]
            continue
        for path, leaf in case.leaves.items():
            writer.add(leaf.numpy(), role=roles.LOSS_INPUT, leaf=path, probe=case.name)
        writer.add(case.target.numpy(), role=roles.LOSS_TARGET, probe=case.name)
        for name, term in terms.items():
            writer.add(term.value.numpy(), role=roles.LOSS_VALUE, part=name, probe=case.name)
            for path, gradient in term.gradients.items():
                writer.add(
                    gradient.numpy(),
                    role=roles.LOSS_GRADIENT,
                    part=name,
                    leaf=path,
                    probe=case.name,
                )
    writer.table(roles.LOSS, {"structure": structure, "refused": refused})
