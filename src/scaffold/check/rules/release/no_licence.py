"""Say under which licence the repository may be used."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.packages import PYPROJECT
from scaffold.check.facts.tables import set_value
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_NAMES = ("licence", "license", "copying", "unlicense")


@rule("REL001", "no-licence", "P60", fixable=Fixable.SAFE)
def no_licence(repository: Repository) -> Iterator[Found]:
    """The repository has no licence, or an empty one.

    Why: nobody may use what says nothing; 43% of the published models say nothing.

    Do: add `LICENSE`, and its SPDX identifier to `pyproject.toml`.
    """
    found = [
        entry
        for entry in repository.tree.entries
        if len(entry.path.parts) == 1 and entry.path.name.lower().startswith(_NAMES)
    ]
    if not found and any(path.suffix == ".py" for path in repository.files):
        yield Found(where=PurePosixPath("LICENSE"), because="is not there")
    elif found and all(repository.has(one.path) and one.size == 0 for one in found):
        yield Found(where=found[0].path, because="is empty")
    project = repository.toml(PYPROJECT).get("project")
    if repository.manifest and isinstance(project, dict) and not project.get("license"):
        citation = repository.yaml("CITATION.cff")
        known = citation.get("license") if isinstance(citation, dict) else None
        fix = None
        if isinstance(known, str):
            says = f"write {known}, as CITATION.cff does"
            fix = set_value(repository, str(PYPROJECT), "project", "license", known, says)
        yield Found(where=PYPROJECT, because="names no licence", fix=fix)
