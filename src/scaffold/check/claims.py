"""Know the gates in their order, and which one a repository claims to have passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Mapping

GATES = (
    *("G0", "G1", "G2", "G3"),
    *("G4a", "G4b", "G4c", "G4d", "G4e", "G4f"),
    *("G5", "G6", "G7", "G8", "G9", "G10", "G11", "G12"),
)


def claimed(manifest: Mapping[str, Any]) -> str:
    """Give the highest gate that the manifest claims; empty where it claims none."""
    project = manifest.get("project")
    gate = project.get("gate", "") if isinstance(project, dict) else ""
    return gate if gate in GATES else ""


def reaches(gate: str, wanted: str) -> bool:
    """Whether a gate is the wanted one or lies behind it."""
    return gate in GATES and GATES.index(gate) >= GATES.index(wanted)


def gate_named(text: str) -> str:
    """Give the gate that a person means: `4a`, `g4a`, `G4a`, and `4` for the last of the G4s."""
    wanted = f"G{text.lower().removeprefix('g')}"
    if wanted == "G4":
        return "G4f"
    if wanted in GATES:
        return wanted
    raise ScaffoldError(
        f"{text!r} is no gate", where="--gate", remedy=f"name one of {', '.join(GATES)}"
    )
