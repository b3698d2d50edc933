"""Probe a model with more than one kind of input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.bundles import twin
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

ENOUGH = 5


@rule("PAR007", "too-few-probes", "P31")
def too_few_probes(repository: Repository) -> Iterator[Found]:
    """Goldens were recorded on fewer than five kinds of input.

    Why: an epsilon shows on a constant image, an activation's form on a large one, a padding on
    an odd size; normal noise shows none of them.

    Do: let the adapter accept the probes that it refuses, and record again.
    """
    bundle = twin(repository)
    if bundle is None or not bundle.there:
        return
    probes = bundle.table("probes")
    recorded, refused = probes.get("recorded"), probes.get("refused")
    count = len(recorded) if isinstance(recorded, list) else 0
    reasons = len(refused) if isinstance(refused, dict) else 0
    if count + reasons < ENOUGH or not count:
        yield Found(where=bundle.path, because=f"holds {count} kind(s) of input, not {ENOUGH}")
