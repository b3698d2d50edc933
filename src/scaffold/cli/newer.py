"""Stand on firm ground before an update: nothing that is not committed, or all of it put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path


def require_clean(root: Path, *, stash: bool) -> bool:
    """Refuse a repository with changes that are not committed; gives whether they were put away."""
    said = _git(root, "status", "--porcelain", "--untracked-files=all")
    if not said.strip():
        return False
    if any(line[:2] in ("UU", "AA", "DU", "UD", "AU", "UA", "DD") for line in said.splitlines()):
        raise ScaffoldError(
            "holds conflicts that are not resolved",
            where=str(root),
            remedy="resolve and commit them, or scaffold undo",
        )
    if stash:
        _git(
            root, "stash", "push", "--include-untracked", "--quiet", "-m", "before scaffold update"
        )
        return True
    first = said.splitlines()[0][3:]
    raise ScaffoldError(
        f"has changes that are not committed, {first} among them",
        where=str(root),
        remedy="commit them, or add --autostash",
    )


def bring_back(root: Path) -> bool:
    """Bring back what was put away; gives whether that went without a conflict."""
    try:
        _git(root, "stash", "pop", "--quiet")
    except ScaffoldError:
        return False
    return True


def _git(root: Path, *words: str) -> str:
    from scaffold.house.git import NOBODY, git  # noqa: PLC0415 - starting stays cheap

    return git(root, *NOBODY, *words, remedy="an update works in a repository of git")
