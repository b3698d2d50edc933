"""How the learning rate runs over the steps: declared here, found in `causes.schedule`."""

from __future__ import annotations

from scaffold.core.comparison import Rung
from scaffold.parity.causes.registry import declare

for name, says, rows in (
    ("schedule-shift", "the schedule is shifted by steps", ("D118", "D122")),
    ("schedule-epoch", "stepped once an epoch instead of once a step", ("D120", "D121")),
    ("schedule-rate", "the schedule has another base rate", ("D123",)),
    ("warm-up", "another warm-up: its length, or where it begins", ("D118",)),
    ("schedule-length", "the decay ends at another step, or is counted from another", ("D119",)),
    ("schedule-floor", "the decay arrives at another rate", ("D119",)),
    ("schedule-shape", "another form of decay", ("D119", "D121")),
):
    declare(name, says, *rows, rungs=(Rung.SCHEDULE,), family=__name__)
