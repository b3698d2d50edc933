"""Say why a bundle has no goldens of a rung, where that is no finding.

Some rungs need a function that not every reference has (nobody has to average weights), and some
are newer than bundles that are in use. Both are said aloud; every other gap is a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scaffold.core.comparison import Rung
from scaffold.trace import roles
from scaffold.trace.roles import LADDER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GOLDENS: Final = {
    Rung.LOSS: roles.LOSS_TARGET,
    Rung.BACKWARD: roles.PART_COTANGENT,
    Rung.GRADIENT: roles.GRADIENT,
    Rung.TRAIN: roles.TRAIN_OUTPUT,
    Rung.OPTIMIZER: roles.UPDATE,
    Rung.SCHEDULE: roles.SCHEDULE_RATE,
    Rung.EMA: roles.EMA_STATE,
    Rung.STATE: roles.STEP_STATE,
    Rung.INIT: roles.BUILT,
    Rung.DATA: roles.DATA_SOURCE,
    Rung.METRICS: roles.METRIC_VALUE,
    Rung.TRACE: roles.TRACE_LOSS,
    Rung.PRECISION: roles.WORKING,
}
"""The role that shows whether a bundle holds goldens of a rung."""

OPTIONAL: Final = {Rung.EMA: "ema", Rung.DATA: "data_steps", Rung.METRICS: "metrics"}
"""The function that an adapter may do without, by the rung that needs it."""
_FIRST: Final = frozenset(
    {
        *(Rung.STRUCTURE, Rung.WEIGHTS, Rung.FORWARD, Rung.LOSS, Rung.GRADIENT),
        *(Rung.OPTIMIZER, Rung.SCHEDULE, Rung.STATE, Rung.INIT, Rung.TRACE),
    }
)
"""The rungs that every recorder knew, also those that did not write down which they know."""


def ladder(has: Callable[[str], bool], refused: Mapping[Rung, str]) -> dict[str, Any]:
    """Give the table that a recorder leaves: the rungs it knows, and why some have no goldens.

    Args:
        has: Whether the adapter defines a function of that name.
        refused: What theirs cannot do, with the reason; empty reasons count as nothing.
    """
    missing = {
        str(rung): f"not offered by the adapter: it defines no `{needs}`"
        for rung, needs in OPTIONAL.items()
        if not has(needs)
    }
    unable = {str(rung): why for rung, why in refused.items() if why}
    return {"known": [str(rung) for rung in Rung], "silent": {**missing, **unable}}


def silence(rung: Rung, tables: Mapping[str, Any]) -> str:
    """Say why the bundle holds nothing of a rung; empty where that is a finding."""
    table = tables.get(LADDER)
    known = _FIRST if table is None else frozenset(table["known"])
    if rung not in known:
        return "the bundle is older than this rung: record it again"
    return "" if table is None else str(table["silent"].get(rung, ""))
