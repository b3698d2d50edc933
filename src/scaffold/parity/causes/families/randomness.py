"""Random numbers that ours draws where it should draw none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.parity.causes.edits import argument, changing
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import DRAWN, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.bench import Bench, Site
    from scaffold.parity.causes.watch import Edit, Made

DROPOUTS = (
    "dropout", "dropout1d", "dropout2d", "dropout3d",
    "alpha_dropout", "feature_dropout", "feature_alpha_dropout", "stochastic_depth",
)  # fmt: skip


@hypothesis(DRAWN, "something random is left on in evaluation", "D65", "D134")
def not_drawn(bench: Bench) -> Iterator[Trial]:
    """Leave out dropout: at each call, and at all of them."""
    found = [(site, edit) for site in bench.sites if (edit := _off(site)) is not None]
    for site, edit in found:
        yield Trial(
            theirs="no dropout in evaluation",
            ours="left on",
            place=site.place,
            sites={site.key: edit},
        )
    if len(found) > 1:
        yield Trial(
            theirs="no dropout in evaluation",
            ours="left on",
            place="every dropout",
            sites={site.key: edit for site, edit in found},
        )


def _off(site: Site) -> Edit | None:
    if site.op in DROPOUTS and argument(site, "training", default=True):
        return _as_it_comes
    if site.op == "scaled_dot_product_attention" and argument(site, "dropout_p", 0.0):
        return changing(dropout_p=0.0)
    return None


def _as_it_comes(made: Made) -> object:
    return made.input * 1.0
