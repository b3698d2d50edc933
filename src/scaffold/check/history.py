"""Ask git what was changed when; without git every answer is "not known"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.check.listing import ask_git

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = 40


@dataclass(frozen=True, slots=True)
class History:
    """The commits of a repository."""

    root: Path

    def knows(self, commit: str) -> bool:
        """Whether a commit is there."""
        return _is_commit(commit) and ask_git(self.root, "cat-file", "-e", commit) is not None

    def last_change(self, *paths: str) -> str | None:
        """Give the newest commit that touched any of these paths."""
        said = ask_git(self.root, "log", "-1", "--format=%H", "--no-renames", "--", *paths)
        return said.strip() if said and _is_commit(said.strip()) else None

    def contains(self, commit: str, earlier: str) -> bool:
        """Whether the earlier commit is a commit itself or one of its ancestors."""
        both = _is_commit(commit) and _is_commit(earlier)
        asked = ("merge-base", "--is-ancestor", earlier, commit)
        return both and ask_git(self.root, *asked) is not None


def _is_commit(text: str) -> bool:
    return len(text) == _COMMIT and all(letter in "0123456789abcdef" for letter in text)
