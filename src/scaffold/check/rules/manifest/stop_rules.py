"""Decide beforehand when the work ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import complaint, restored
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_KINDS: dict[str, type | tuple[type, ...]] = {
    "reached": str,
    "milestone": (int, float),
    "band": (int, float),
    "given_up": str,
}


@rule("MAN010", "no-stop-rule", "P07", "P46", level=Level.WARNING, fixable=Fixable.SAFE)
def no_stop_rule(repository: Repository) -> Iterator[Found]:
    """The manifest does not say when the work is done, judged on the way, or given up.

    Why: a run that is outside the band at a quarter of its length ends outside it.

    Do: fill in [stop]; `milestone` is a share of the training, `band` a distance of the metric.
    """
    stop = repository.section("stop")
    for key, kind in _KINDS.items() if repository.manifest else ():
        if not isinstance(stop.get(key), kind) or stop[key] == "":
            fix = restored(repository, "stop", key)
            yield complaint(repository, "stop", key, f"stop.{key} is missing", fix)
