"""Name no place that exists on one machine only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_PRIVATE = re.compile(
    r"(?<![\w.~/:$}\\-])(?:/home/(?!user\b|username\b|runner\b|<)[a-z][\w.-]*/[\w.-]+"
    r"|/Users/(?!<|user\b|username\b)[A-Za-z][\w.-]*/[\w.-]+|/(?:scratch|depot)/[\w.-]+/[\w.-]+"
    r"|[A-Z]:\\\\?Users\\\\?\w+)"
)
_QUICK = ("/home/", "/Users/", "/scratch/", "/depot/", ":\\")
_TEXTS = frozenset(
    {".py", ".yaml", ".yml", ".toml", ".sh", ".cfg", ".ini", ".md", ".json", ".ipynb", ".txt", ""}
)


@rule("HYG002", "private-path", "P62", "P26", level=Level.WARNING)
def private_path(repository: Repository) -> Iterator[Found]:
    """A file names a path below somebody's home or a cluster's scratch.

    Why: it works for one person on one machine, and says who and where.

    Do: take it from a setting or the command line, relative to the repository where it can be.
    """
    for path in repository.files:
        if path.suffix not in _TEXTS or path.name.startswith("Dockerfile"):
            continue
        if (text := repository.text(path)) is None:
            continue
        if not any(quick in text for quick in _QUICK):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if len(line) < _LONGEST and (found := _PRIVATE.search(line)):
                yield Found(where=path, line=number, because=f"names {found[0]}")


_LONGEST = 2_000
"""Characters of a line that a person wrote."""
