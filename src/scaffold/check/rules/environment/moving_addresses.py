"""Hold a dependency that comes from git to a commit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts.packages import PYPROJECT, dependencies, locked
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_COMMIT = re.compile(r"@[0-9a-f]{40}(?:[#\s]|$)")


@rule("ENV006", "git-dependency-moves", "P02", "P10")
def git_dependency_moves(repository: Repository) -> Iterator[Found]:
    """A dependency comes from a git address without a commit.

    Why: its code is another one tomorrow; for a reference, that is another reference.

    Do: write `@` and the 40-digit commit after the address.
    """
    wanted = [(PYPROJECT, one) for one in dependencies(repository)]
    for path in repository.files:
        if len(path.parts) == 1 and path.name.startswith("requirements"):
            wanted += [(path, one) for one in locked(repository, path)]
    for path, one in wanted:
        if "git+" in one.text and not _COMMIT.search(one.text.strip().strip("\"'")):
            yield Found(where=path, line=one.line, because=f"{one.name} follows a branch")
