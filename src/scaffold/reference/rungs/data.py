"""Record what theirs makes of a few samples, operation by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scaffold.core.errors import ScaffoldError
from scaffold.trace import data, roles

if TYPE_CHECKING:
    from scaffold.reference.recording import Recording


def record(recording: Recording) -> None:
    """Add every source, every operation's output, and what the random operations draw.

    Raises:
        ScaffoldError: The adapter gives no sources, or an operation fails.
    """
    subject, writer = recording.subject, recording.writer
    sources, operations = subject.data_sources(), subject.data_steps()
    if not sources or not operations:
        raise ScaffoldError(
            "`data_sources` or `data_steps` is empty",
            where=str(subject.path),
            remedy="give at least one sample and one operation, or leave both functions out",
        )
    with subject.imports():
        for name, source in sources.items():
            writer.add(data.array(source, name), role=roles.DATA_SOURCE, probe=name)
            for place, step in enumerate(data.chain(operations, source, recording.seed)):
                writer.add(
                    data.array(step.value, step.name),
                    role=roles.DATA_STEP,
                    part=step.name,
                    call=place,
                    probe=name,
                )
                if step.parameters is not None:
                    writer.add(
                        step.parameters, role=roles.DATA_PARAMETERS, part=step.name, probe=name
                    )
        for name, operation in operations.items():
            drawing = data.random_of(operation)
            if drawing is not None:
                seeds = range(recording.seed, recording.seed + data.DRAWS)
                found = data.drawn(drawing[0], name, seeds)
                writer.add(found.astype(np.float32), role=roles.DATA_DRAWS, part=name)
    writer.table(
        roles.DATA,
        {
            "operations": list(operations),
            "bytes": [name for name, source in sources.items() if isinstance(source, bytes)],
            "random": [n for n, one in operations.items() if data.random_of(one) is not None],
            "seed": recording.seed,
        },
    )
