"""Name what is not ours, and its licence."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Create, Fix
from scaffold.check.facts.documents import append
from scaffold.check.facts.manifests import text
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

NOTICE = PurePosixPath("THIRD_PARTY.md")


@rule("REL002", "reference-licence-not-named", "P60", fixable=Fixable.SAFE)
def reference_licence_not_named(repository: Repository) -> Iterator[Found]:
    """`THIRD_PARTY.md` does not name the licence of the reference.

    Why: it decides whether goldens and converted weights may be published.

    Do: add the reference's row; `--fix` adds what the manifest knows.
    """
    wanted = text(repository, "reference", "licence")
    if not wanted:
        return
    said = repository.text(NOTICE)
    name = text(repository, "reference", "name") or "the reference"
    row = f"\nReference: {name}, licence {wanted}.\n"
    if said is None:
        content = f"# Third-party material\n{row}".encode()
        fix = Fix(says="begin it", changes=(Create(path=NOTICE, content=content),))
        yield Found(where=NOTICE, because="is not there", fix=fix)
    elif wanted not in said:
        added = append(repository, NOTICE, row, "name it")
        yield Found(where=NOTICE, because=f"does not name {wanted}", fix=added)
