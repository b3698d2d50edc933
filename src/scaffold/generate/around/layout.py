"""Read the table of a house that extends another: what it leaves out, and what it brings."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.house.shipped import shelf
from scaffold.house.table import TABLE, Row, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path, PurePosixPath

AROUND = "around"
REPOSITORY = "repository"
SUFFIX = ".jinja"


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A house that extends another."""

    root: Path
    id: str
    version: str
    extends: str
    without: tuple[str, ...]
    """Paths of the house that is extended, as in its table; a folder ends with a slash."""
    keep: tuple[str, ...]
    """Paths within these that stay."""
    rows: tuple[Row, ...]

    def leaves_out(self, path: PurePosixPath, answers: Mapping[str, object]) -> bool:
        """Whether a rendered path belongs to what is left out."""
        return _within(path, self.without, answers) and not _within(path, self.keep, answers)


def read_layout(root: Path | None = None) -> Layout:
    """Read the house around a reference, which ships; another root is for tests."""
    root = root or shelf() / AROUND
    table = root / TABLE
    content = tomllib.loads(table.read_text(encoding="utf-8"))
    return Layout(
        root=root,
        id=content["id"],
        version=content["version"],
        extends=content["extends"],
        without=tuple(content["without"]),
        keep=tuple(content["keep"]),
        rows=rows_of(content, table),
    )


def _within(path: PurePosixPath, patterns: Iterable[str], answers: Mapping[str, object]) -> bool:
    for pattern in patterns:
        row = Row(path=pattern, purpose="").at(answers)
        if path == row or (pattern.endswith("/") and path.is_relative_to(row)):
            return True
    return False
