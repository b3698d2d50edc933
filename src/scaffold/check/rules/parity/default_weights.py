"""Move every weight before comparing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.bundles import twin
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("PAR006", "weights-not-moved", "P30")
def weights_not_moved(repository: Repository) -> Iterator[Found]:
    """Goldens were recorded on weights as they are drawn, with biases of zero and gains of one.

    Why: a bias that is forgotten and a gain that is exchanged change nothing there; a quarter of
    the forward defects is invisible.

    Do: record with perturbed or trained weights; `scaffold record` perturbs by itself.
    """
    bundle = twin(repository)
    if bundle is None or not bundle.there or not bundle.roles:
        return
    jitter = bundle.table("perturbation").get("jitter")
    trained = str(repository.section("reference").get("weights", "")).startswith("trained")
    if not trained and not (isinstance(jitter, (int, float)) and jitter > 0):
        yield Found(where=bundle.path, because="its weights were not perturbed")
