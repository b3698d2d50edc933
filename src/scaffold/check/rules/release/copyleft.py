"""See when the reference's licence reaches ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import complaint, text
from scaffold.check.facts.packages import PYPROJECT
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_COPYLEFT = re.compile(r"\b(?:A?GPL-[\d.]+|CC-BY-(?:NC-)?SA|EUPL|OSL)", re.IGNORECASE)
_CLOSED = re.compile(r"\b(?:CC-BY-NC|LicenseRef|proprietary|none|unknown)", re.IGNORECASE)


@rule("REL003", "licence-reaches-ours", "P60", level=Level.WARNING)
def licence_reaches_ours(repository: Repository) -> Iterator[Found]:
    """The reference is under a copyleft or a closed licence, and ours is another.

    Why: a reimplementation that was written with theirs open beside it may be a derived work.

    Do: choose a licence that fits, or write in a decision page why it need not; then waive this.
    """
    theirs = text(repository, "reference", "licence")
    project = repository.toml(PYPROJECT).get("project")
    ours = project.get("license") if isinstance(project, dict) else None
    if not isinstance(ours, str) or not theirs or theirs == ours:
        return
    if _COPYLEFT.search(theirs) or _CLOSED.search(theirs):
        said = f"the reference is under {theirs}, and this repository under {ours}"
        yield complaint(repository, "reference", "licence", said)
