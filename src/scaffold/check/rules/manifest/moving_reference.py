"""Pin the reference to one commit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import complaint, restored, text
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_COMMIT = re.compile(r"[0-9a-f]{40}")


@rule("MAN005", "reference-not-pinned", "P02", gate="G1", fixable=Fixable.SAFE)
def reference_not_pinned(repository: Repository) -> Iterator[Found]:
    """The reference is not pinned to a commit of 40 digits.

    Why: a branch moves and a tag can; then goldens and reference are of two models.

    Do: write the commit under [reference]. Of an installed package whose commit nobody knows,
    `distribution` and `version` do.
    """
    reference = repository.section("reference")
    if not repository.manifest or _by_version(reference):
        return
    said = text(repository, "reference", "commit")
    if not _COMMIT.fullmatch(said):
        fix = restored(repository, "reference", "commit")
        because = f"commit is {said!r}, not 40 hexadecimal digits"
        yield complaint(repository, "reference", "commit", because, fix)


def _by_version(reference: dict[str, object]) -> bool:
    """Whether an installed package stands for a commit: a version, and hashes of its files."""
    known = reference.get("distribution") or reference.get("files")
    return not reference.get("commit") and bool(reference.get("version")) and bool(known)
