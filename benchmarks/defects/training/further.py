"""Wrong and harmless ways to train on the rungs beyond optimizers and losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.defects.training import offers
from benchmarks.defects.training.modes import SAME_MODES, WRONG_MODES, Modes
from benchmarks.defects.training.settings import ADAM, Setting

if TYPE_CHECKING:
    from benchmarks.defects.training.recipe import Recipe

MODES = ADAM.changed(net=Modes)
OFFERS = ADAM.changed(
    ema=offers.Average, data_steps=offers.chain, metrics=offers.metrics, offers=True
)


def _further(name: str, rows: str, rung: str, theirs: Recipe, **fields: Any) -> Setting:
    return Setting(
        id=name, rows=tuple(rows.split()), theirs=theirs, ours=theirs.changed(**fields), rung=rung
    )


WRONG: tuple[Setting, ...] = (
    *(
        _further(name, rows, rung, MODES, net=net)
        for name, (rows, rung, net) in WRONG_MODES.items()
    ),
    *(
        _further(f"ema.{name}", rows, "ema", OFFERS, ema=ema)
        for name, (rows, ema) in offers.WRONG_AVERAGES.items()
    ),
    _further("ema.before-the-step", "D125", "ema", OFFERS, early=True),
    *(
        _further(f"data.{name}", rows, "data", OFFERS, data_steps=steps)
        for name, (rows, steps) in offers.WRONG_DATA.items()
    ),
    *(
        _further(f"metrics.{name}", rows, "metrics", OFFERS, metrics=metrics)
        for name, (rows, metrics) in offers.WRONG_METRICS.items()
    ),
)
"""Wrong backward passes, training modes, averages, data and metrics."""

SAME: tuple[Setting, ...] = (
    *(_further(name, "", rung, MODES, net=net) for name, (rung, net) in SAME_MODES.items()),
    *(
        _further(f"ema.{name}", "", "ema", OFFERS, ema=ema)
        for name, ema in offers.SAME_AVERAGES.items()
    ),
    *(
        _further(f"data.{name}", "", "data", OFFERS, data_steps=steps)
        for name, steps in offers.SAME_DATA.items()
    ),
    *(
        _further(f"metrics.{name}", "", "metrics", OFFERS, metrics=metrics)
        for name, metrics in offers.SAME_METRICS.items()
    ),
)
"""The same in other words."""
