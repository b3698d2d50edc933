"""Follow no link out of the repository."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Delete, Fix
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable
from scaffold.house.tree import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("HYG007", "link-leaves-the-repository", "P62", fixable=Fixable.UNSAFE)
def link_leaves_the_repository(repository: Repository) -> Iterator[Found]:
    """A symbolic link leads out of the repository.

    Why: it works on one machine; and a program that follows it reads or writes elsewhere.

    Do: put the file here, or name its place in a setting.
    """
    for entry in repository.tree.strangers:
        if entry.kind is not Kind.LINK:
            continue
        target = repository.tree.link(entry.path)
        if _leaves(entry.path.parent, PurePosixPath(target)):
            fix = Fix(says="remove it", changes=(Delete(path=entry.path),), safe=False)
            yield Found(where=entry.path, because=f"is a link to {target}", fix=fix)


def _leaves(folder: PurePosixPath, target: PurePosixPath) -> bool:
    depth = len(folder.parts)
    for part in target.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    return target.is_absolute()
