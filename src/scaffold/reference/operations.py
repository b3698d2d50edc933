"""Record every operation within one part of the twin, on demand (tier T2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, Writer
from scaffold.trace.forward import traced
from scaffold.trace.operations import operations
from scaffold.trace.reload import load
from scaffold.trace.settled import settled

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from scaffold.golden import Entry
    from scaffold.trace.subject import Subject

ROLE = "operation"


def record_operations(twin: Bundle, theirs: Subject, part: str, out: Path) -> Bundle:
    """Run one part of the recorded twin again, and keep the output of every operation in it.

    The first recorded probe is asked, and the first call of the part.

    Args:
        twin: The bundle of the twin, whose weights and inputs are used.
        theirs: The reference.
        part: The part, in their names.
        out: The folder of the bundle.

    Raises:
        ScaffoldError: The reference has no such part, or does not call it.
    """
    probe = twin.table("probes")["recorded"][0]
    with settled():
        model = theirs.build("twin")
        load(model, {e.part: _tensor(twin, e) for e in twin.select(role="weight")})
        modules = dict(model.eval().named_modules(remove_duplicate=False))
        given = [_tensor(twin, e) for e in twin.select(role="input", part="", probe=probe)]
        call = traced(model, given).find(part)
        if call is None:
            raise ScaffoldError(
                f"theirs has no part {part!r} that it calls on probe {probe}",
                where="--operations",
                remedy="name a part of the reference, as in the first column of scaffold compare",
            )
        seen = operations(modules[part], call.args, call.kwargs)
    writer = Writer()
    for order, one in enumerate(seen):
        for leaf, value in enumerate(one.outputs):
            writer.add(
                value.numpy(),
                role=ROLE,
                part=part,
                kind=one.name,
                call=order,
                order=order,
                leaf=str(leaf),
                probe=probe,
            )
    writer.table("operations", {"part": part, "probe": probe, "names": [one.name for one in seen]})
    return Bundle.read(writer.write(out, provenance=twin.provenance))


def _tensor(bundle: Bundle, entry: Entry) -> Tensor:
    return torch.from_numpy(bundle.array(entry).copy())
