"""Develop with a Python that users may have."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.packages import PYPROJECT, allows
from scaffold.check.facts.tables import line_of, set_value
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

VERSION = PurePosixPath(".python-version")


@rule("ENV004", "python-not-said", "P10", fixable=Fixable.SAFE)
def python_not_said(repository: Repository) -> Iterator[Found]:
    """`requires-python` is missing, or `.python-version` names one that it forbids.

    Why: the first person with another Python finds out at the import.

    Do: write both, and let them agree.
    """
    project = repository.toml(PYPROJECT).get("project")
    said = (repository.text(VERSION) or "").strip()
    if not isinstance(project, dict):
        return
    wanted = project.get("requires-python")
    line = line_of(repository, str(PYPROJECT), "project", "requires-python")
    if not isinstance(wanted, str):
        fix = None
        if said and "requires-python" not in project.get("dynamic", ()):
            text = f">={'.'.join(said.split('.')[:2])}"
            fix = set_value(
                repository, str(PYPROJECT), "project", "requires-python", text, f"write {text}"
            )
        if "requires-python" not in project.get("dynamic", ()):
            yield Found(where=PYPROJECT, line=line, because="requires-python is missing", fix=fix)
    elif said and said[0].isdigit() and not allows(wanted, said):
        yield Found(where=VERSION, line=1, because=f"{said} is not {wanted}")
