"""Let somebody else follow the README."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import front
from scaffold.check.facts.packages import PYPROJECT
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_FOLDER = PurePosixPath("docs/reviews")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@rule("DOC013", "review-missing", "P55", gate="G9")
def review_missing(repository: Repository) -> Iterator[Found]:
    """No page of `docs/reviews/` says that another person followed the README from a fresh clone.

    Why: what only its author can run is not reproducible.

    Do: let a colleague write `docs/reviews/<date>.md` with `reviewer`, `commit` and `outcome`.
    """
    if not repository.manifest:
        return
    reviews = [path for path in repository.under(str(_FOLDER), ".md") if path.name != "README.md"]
    if not reviews:
        yield Found(where=_FOLDER, because="holds no review")
    project = repository.toml(PYPROJECT).get("project", {})
    people = project.get("authors") if isinstance(project, dict) else None
    people = people if isinstance(people, list) else []
    authors = {str(one.get("name", "")).lower() for one in people if isinstance(one, dict)}
    for path in reviews:
        values = front(repository, path).values
        absent = [key for key in ("reviewer", "outcome") if not values.get(key)]
        if not _COMMIT.fullmatch(str(values.get("commit", ""))):
            absent.append("commit")
        if absent:
            yield Found(where=path, line=1, because=f"lacks {', '.join(absent)}")
        elif str(values["reviewer"]).lower() in authors:
            yield Found(where=path, line=1, because="is by an author")
