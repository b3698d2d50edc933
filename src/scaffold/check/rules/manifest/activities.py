"""Say what kind of work this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import complaint, restored, text
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

ACTIVITIES = ("reuse", "replicate", "adapt", "enhance")


@rule("MAN003", "activity-not-declared", "P01", fixable=Fixable.SAFE)
def activity_not_declared(repository: Repository) -> Iterator[Found]:
    """The manifest does not say whether this reuses, replicates, adapts or enhances.

    Why: it decides which gates count, and what may differ from the reference.

    Do: write `activity` under [project].
    """
    if repository.manifest and (said := text(repository, "project", "activity")) not in ACTIVITIES:
        because = f"activity is {said!r}, not one of {', '.join(ACTIVITIES)}"
        fix = restored(repository, "project", "activity")
        yield complaint(repository, "project", "activity", because, fix)
