"""Say from which version on a dependency is known to work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.packages import LOCK, PYPROJECT, dependencies, locked
from scaffold.check.facts.yamls import on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("ENV005", "dependency-without-bound", "P10", level=Level.WARNING, fixable=Fixable.SAFE)
def dependency_without_bound(repository: Repository) -> Iterator[Found]:
    """A dependency of the package accepts any version.

    Why: an environment that is years old satisfies it, and computes something else.

    Do: write the lower bound; `--fix` takes the version of `requirements.lock`.
    """
    known = {entry.name: entry.pinned for entry in locked(repository, LOCK)}
    for wanted in dependencies(repository):
        if wanted.specifier:
            continue
        version = known.get(wanted.name, "").split("+")[0]
        fix = None
        if version:
            bare = wanted.text.rstrip()
            fix = on_line(
                repository,
                PYPROJECT,
                wanted.line,
                f'"{wanted.text}"',
                f'"{bare}>={version}"',
                f"write >={version}",
            )
        yield Found(
            where=PYPROJECT, line=wanted.line, because=f"{wanted.name} has no lower bound", fix=fix
        )
