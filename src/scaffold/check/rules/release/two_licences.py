"""Name one licence everywhere."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import front, set_front
from scaffold.check.facts.packages import PYPROJECT
from scaffold.check.facts.yamls import line_of, on_line
from scaffold.check.rule import Found, rule
from scaffold.check.rules.documentation.card_fields import CARD
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

CITATION = PurePosixPath("CITATION.cff")


@rule("REL004", "two-licences", "P60", "P57", fixable=Fixable.SAFE)
def two_licences(repository: Repository) -> Iterator[Found]:
    """`CITATION.cff` or the model card names another licence than `pyproject.toml`.

    Why: a user takes the one that suits.

    Do: `pyproject.toml` says which; write it there.
    """
    project = repository.toml(PYPROJECT).get("project")
    ours = project.get("license") if isinstance(project, dict) else None
    if not isinstance(ours, str):
        return
    citation = repository.yaml(CITATION) if repository.has(CITATION) else None
    said = citation.get("license") if isinstance(citation, dict) else None
    if isinstance(said, str) and said != ours:
        line = line_of(repository, CITATION, "license")
        fix = on_line(repository, CITATION, line, said, ours, f"write {ours}") if line else None
        yield Found(where=CITATION, line=line, because=f"names {said}, not {ours}", fix=fix)
    card = front(repository, CARD).values.get("license")
    if isinstance(card, str) and card.lower() != ours.lower():
        fix = set_front(repository, CARD, "license", ours, f"write {ours}")
        yield Found(where=CARD, line=1, because=f"names {card}, not {ours}", fix=fix)
