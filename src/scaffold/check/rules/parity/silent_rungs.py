"""Leave out no rung of the ladder without a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.bundles import twin
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

RUNGS = {
    "forward": ("output", "G4a"),
    "loss": ("loss_value", "G4c"),
    "backward": ("part_input_grad", "G4c"),
    "gradient": ("grad", "G4c"),
    "train": ("train_output", "G4e"),
    "optimizer": ("optimizer_update", "G4d"),
    "schedule": ("schedule_rate", "G4d"),
    "init": ("init", "G4e"),
    "data": ("data_step", "G4f"),
    "metrics": ("metric_value", "G4b"),
    "trace": ("trace_loss", "G5"),
}
"""Each rung, the golden by which one knows that it was recorded, and the gate that needs it."""


@rule("PAR008", "rung-not-recorded", "P28", "P33", "P34", "P35", "P36", "P37", "P38", "P39", "P43")
def rung_not_recorded(repository: Repository) -> Iterator[Found]:
    """A rung of the parity ladder has no golden, and the bundle does not say why.

    Why: what is not compared is believed; losses with the right value and the wrong gradient are
    the classic case.

    Do: give the adapter what the rung needs (`loss_terms`, `optimizer`, `schedule`, ...), and
    record again.
    """
    bundle = twin(repository)
    if bundle is None or not bundle.roles:
        return
    silent = bundle.table("ladder").get("silent")
    excused = silent if isinstance(silent, dict) else {}
    unrecorded = bundle.table("unrecorded")
    for rung, (role, gate) in RUNGS.items():
        if role not in bundle.roles and rung not in excused and rung not in unrecorded:
            because = f"nothing of the rung {rung} is recorded"
            yield Found(where=bundle.path, because=because, gate=gate)
