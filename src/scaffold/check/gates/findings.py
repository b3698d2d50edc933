"""Put what keeps gates shut among the findings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.claims import reaches
from scaffold.check.gates.verdict import State, gates
from scaffold.core.findings import Finding, Level
from scaffold.house.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.check.repository import Repository
    from scaffold.core.findings import Report
    from scaffold.house.proof import Proof


def with_gates(
    repository: Repository, report: Report, proofs: Mapping[str, Proof], *, upto: str
) -> Report:
    """Add what no rule says: evidence that lacks, results that miss. Each is an error."""
    known = {f"{one.where}: {one.because} ({one.code})" for one in report.findings}
    added = [
        Finding(
            code=f"GATE/{stand.gate.id}",
            level=Level.ERROR,
            where=PurePosixPath(MANIFEST),
            because=reason,
            remedy=f"go back to {stand.gate.back}" if stand.gate.back else "",
            rule=stand.gate.name,
            gate=stand.gate.id,
        )
        for stand in gates(repository, report.findings, proofs).stands
        if stand.state is State.OPEN and reaches(upto, stand.gate.id)
        for reason in stand.reasons
        if reason not in known
    ]
    return replace(report, findings=(*report.findings, *added))
