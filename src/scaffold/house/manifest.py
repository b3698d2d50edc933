"""Read `reengineering.toml`, the one manifest of a generated repository."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold.core.errors import ScaffoldError

MANIFEST = "reengineering.toml"
_KEYS = ("bundle", "reference", "candidate", "map")
BUDGET = 1_000_000
"""Bytes that the committed goldens may have when the manifest names no `budget`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParityPaths:
    """Where a repository keeps the two sides of its parity suite."""

    root: Path
    bundle: Path
    reference: Path
    candidate: Path
    map: Path
    full: Path
    """The sketches of the full model; beside the bundle unless the manifest says otherwise."""
    cache: Path
    """Full tensors by their hash, which are not committed; likewise."""
    budget: int = BUDGET
    """Bytes that everything committed of the goldens may have together."""

    def operations(self, part: str) -> Path:
        """Give the folder of the operations within a part of theirs, which is in the cache."""
        return self.cache / "operations" / (part or "the model")


def read_parity(root: Path) -> ParityPaths:
    """Read the `[parity]` table of the manifest in a repository's folder.

    The paths are joined to the folder; whether they exist is for the reader to find out.
    """
    source = root / MANIFEST
    table = _table(source)
    paths = {key: _no_link_out(root / _inside(table, key, source), key, source) for key in _KEYS}
    beside = {"full": "full", "cache": ".cache"}
    optional = {
        key: root / _inside(table, key, source) if key in table else paths["bundle"].with_name(name)
        for key, name in beside.items()
    }
    budget = table.get("budget", BUDGET)
    if not isinstance(budget, int) or isinstance(budget, bool) or budget <= 0:
        raise ScaffoldError(
            f"parity.budget is {budget!r}, not a number of bytes",
            where=str(source),
            remedy=f"write budget = {BUDGET} in the [parity] table, or leave it out",
        )
    return ParityPaths(root=root, budget=budget, **paths, **optional)


def _no_link_out(path: Path, key: str, source: Path) -> Path:
    """Refuse a path that a link leads out of the repository, where it would be written to."""
    if path.resolve().is_relative_to(source.parent.resolve()):
        return path
    raise ScaffoldError(
        f"parity.{key} is {path.name!r}, which a link leads out of the repository to "
        f"{path.resolve()}",
        where=str(source),
        remedy="put the folder itself there, or name another",
    )


def _table(source: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ScaffoldError(
            f"there is no {MANIFEST}",
            where=str(source.parent),
            remedy="stand in a generated repository, or name one",
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScaffoldError(
            f"cannot be read: {error}", where=str(source), remedy="mend the place that is named"
        ) from error
    table = content.get("parity")
    if isinstance(table, dict):
        return table
    raise ScaffoldError(
        "has no [parity] table",
        where=str(source),
        remedy=f"add [parity] with {', '.join(_KEYS)}",
    )


def _inside(table: dict[str, Any], key: str, source: Path) -> PurePosixPath:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise ScaffoldError(
            f"parity.{key} is {value!r}, not a path",
            where=str(source),
            remedy=f'write {key} = "..." in the [parity] table',
        )
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        raise ScaffoldError(
            f"parity.{key} is {value!r}, which leaves the repository",
            where=str(source),
            remedy="write a path relative to the repository, without ..",
        )
    return path
