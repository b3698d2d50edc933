"""Have every gate that the activity has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.claims import GATES
from scaffold.check.facts.manifests import complaint, text
from scaffold.check.facts.tables import set_value
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable
from scaffold.house.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

OF = {
    "reuse": ("G0", "G1", "G2", "G4b", "G8", "G11", "G12"),
    "adapt": ("G0", "G1", "G2", "G4b", "G4f", "G8", "G11", "G12"),
    "replicate": GATES,
    "enhance": GATES,
}
"""The gates of each activity; an adaptation or a reuse may have more."""


@rule("MAN011", "gate-left-out", "P01", "P63", fixable=Fixable.SAFE)
def gate_left_out(repository: Repository) -> Iterator[Found]:
    """The manifest leaves out a gate of its activity, or names one that does not exist.

    Why: what no gate asks for is not done.

    Do: list them all; a gate that does not apply is waived, with a reason.
    """
    wanted = OF.get(text(repository, "project", "activity"))
    if wanted is None:
        return
    said = repository.section("project").get("gates")
    said = said if isinstance(said, list) else []
    absent = [gate for gate in wanted if gate not in said]
    strange = [str(gate) for gate in said if gate not in GATES]
    if absent or strange:
        right = [gate for gate in GATES if gate in said or gate in wanted]
        fix = set_value(repository, MANIFEST, "project", "gates", right, "list the gates")
        parts = (
            *([f"leaves out {', '.join(absent)}"] if absent else []),
            *([f"names {', '.join(strange)}"] if strange else []),
        )
        yield complaint(repository, "project", "gates", f"gates {' and '.join(parts)}", fix)
