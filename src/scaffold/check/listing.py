"""Say which files a repository has: what git follows or would follow, else everything.

Git is asked with every key of its configuration that could start a program switched off, since
the repository may be a stranger's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.house.git import has_git, run
from scaffold.house.tree import LEFT_OUT, Tree

if TYPE_CHECKING:
    from pathlib import Path

_MADE_BY_TOOLS = frozenset({".venv", "venv", "node_modules", ".tox", ".nox", "site-packages"})
_QUIET = (
    *("-c", "core.untrackedCache=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "protocol.allow=never"),
)
SECONDS = 60
"""How long git may take before it counts as stuck."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """The files of a repository, and which of them git follows."""

    tree: Tree
    tracked: frozenset[str] | None
    """None where there is no git to ask."""


def listing(root: Path) -> Listing:
    """List the files of a folder, without what git ignores."""
    if not root.is_dir():
        raise ScaffoldError("is no folder", where=str(root), remedy="name a repository's folder")
    tracked = _asked(root, "--cached")
    if tracked is None:
        return Listing(tree=Tree.of(root, left_out=LEFT_OUT | _MADE_BY_TOOLS), tracked=None)
    others = _asked(root, "--others", "--exclude-standard") or ()
    paths = sorted({*tracked, *others})
    return Listing(tree=Tree.listed(root, paths), tracked=frozenset(tracked))


def ask_git(root: Path, *arguments: str) -> str | None:
    """Ask git about a repository; None where it cannot answer."""
    if not (root / ".git").exists() or not has_git():
        return None
    surroundings = {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "LC_ALL": "C",
    }
    try:
        done = run(root, *_QUIET, *arguments, settings=surroundings, seconds=SECONDS)
    except (OSError, ScaffoldError):
        return None
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None


def _asked(root: Path, *options: str) -> tuple[str, ...] | None:
    said = ask_git(root, "ls-files", "-z", *options)
    return None if said is None else tuple(path for path in said.split("\0") if path)
