"""Compare what is exported with what was trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("PAR012", "export-not-compared", "P52", level=Level.WARNING, gate="G12")
def export_not_compared(repository: Repository) -> Iterator[Found]:
    """A module exports the model, and no test of `tests/` runs an export.

    Why: that the exported model computes something else is the third most frequent complaint
    about exporters, and it crashes nothing.

    Do: compare on several inputs and batch sizes, as `tests/parity/test_export.py` does.
    """
    exporting = [
        source.path
        for source in repository.own
        for name, _ in source.calls
        if name in ("torch.onnx.export", "torch.onnx.dynamo_export", "torch.jit.save")
    ]
    tested = any(
        "onnx" in (repository.text(path) or "") or "jit" in (repository.text(path) or "")
        for path in repository.under("tests", ".py")
    )
    if exporting and not tested and any(repository.under("tests", ".py")):
        yield Found(where=exporting[0], because="exports, and no test compares what comes out")
