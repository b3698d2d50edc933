"""Let what is held constant fit the activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.manifests import complaint, text
from scaffold.check.facts.tables import set_value
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable
from scaffold.house.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_FITS = {
    "reuse": {"code": True, "algorithm": True, "configuration": True, "data": True},
    "replicate": {"algorithm": True, "configuration": True, "data": True},
    "adapt": {"algorithm": True, "data": False},
    "enhance": {"algorithm": False},
}
"""What follows from an activity (EMSE, table 1); what is not named may be either."""


@rule("MAN004", "held-constant-contradicts", "P01", fixable=Fixable.UNSAFE)
def held_constant_contradicts(repository: Repository) -> Iterator[Found]:
    """What the manifest holds constant is not what its activity holds constant.

    Why: a replication on other data proves nothing about the reference.

    Do: change the flag, or the activity.
    """
    held = repository.section("held_constant")
    activity = text(repository, "project", "activity")
    for key, wanted in _FITS.get(activity, {}).items():
        if held.get(key) is not wanted:
            fix = set_value(
                repository, MANIFEST, "held_constant", key, wanted, f"write {str(wanted).lower()}"
            )
            because = f"{key} is {held.get(key)!r}, and to {activity} means {wanted}"
            found = complaint(repository, "held_constant", key, because)
            yield Found(where=found.where, line=found.line, because=because, fix=as_unsafe(fix))
