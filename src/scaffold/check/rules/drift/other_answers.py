"""Let manifest and lock speak of one repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.manifests import complaint, text
from scaffold.check.facts.tables import set_value
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level
from scaffold.house.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_SHARED = ("name", "package", "activity")


@rule("DRF004", "answer-contradicts-manifest", "P01", level=Level.WARNING, fixable=Fixable.UNSAFE)
def answer_contradicts_manifest(repository: Repository) -> Iterator[Found]:
    """The manifest names another project, package or activity than the lock.

    Why: an update renders the house with the answers of the lock.

    Do: change it back, or answer anew with `scaffold update`.
    """
    answers = repository.lock.answers if repository.lock is not None else {}
    for key in _SHARED:
        wanted, said = answers.get(key), text(repository, "project", key)
        if isinstance(wanted, str) and said and said != wanted:
            fix = set_value(repository, MANIFEST, "project", key, wanted, f"write {wanted}")
            found = complaint(
                repository,
                "project",
                key,
                f"{key} is {said}, and {wanted} in the lock",
                as_unsafe(fix),
            )
            yield found
