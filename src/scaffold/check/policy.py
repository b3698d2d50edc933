"""Read what a house changes about the rules: levels, further paths, banned imports, names.

A house says it in the `[check]` table of its `house.toml`; a repository carries a copy of that
table in `.scaffold/house.toml`, so that checking needs neither the house nor a network.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COPY = PurePosixPath(".scaffold/house.toml")
OFF = "off"
MODEL_NAME = r"[a-z0-9]+(-[a-z0-9.]+){2,}"
_KEYS = {"rules", "required", "banned_imports", "model_name"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What a house asks for beside, or instead of, what ships."""

    levels: Mapping[str, Level | None] = field(default_factory=dict)
    """Rules at another level; None switches one off."""
    required: tuple[str, ...] = ()
    """Paths that must be there."""
    banned: Mapping[str, str] = field(default_factory=dict)
    """Modules that nothing in `src/` may import, each with the reason."""
    model_name: str = MODEL_NAME
    """What the name of a model must match, as a regular expression."""

    def over(self, below: Policy) -> Policy:
        """Lay this house's wishes over those of the house that it extends."""
        return Policy(
            levels={**below.levels, **self.levels},
            required=tuple(dict.fromkeys((*below.required, *self.required))),
            banned={**below.banned, **self.banned},
            model_name=below.model_name if self.model_name == MODEL_NAME else self.model_name,
        )


def policy_in(path: Path, *, known: frozenset[str]) -> Policy:
    """Read the `[check]` table of a house's file; without a file there are no wishes."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Policy()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScaffoldError(
            f"cannot be read: {error}", where=str(path), remedy="mend the place that is named"
        ) from error
    return policy_of(content.get("check", {}), where=str(path), known=known)


def policy_for(root: Path, house: Path | None, *, known: frozenset[str]) -> Policy:
    """Give the wishes of the house that is named, else of the copy that a repository carries."""
    if house is None:
        return policy_in(root / COPY, known=known)
    table = house / "house.toml" if house.is_dir() else house
    if not table.is_file():
        raise ScaffoldError(
            "has no house.toml", where=str(house), remedy="name the folder of a house"
        )
    return policy_in(table, known=known)


def policy_of(table: object, *, where: str, known: frozenset[str]) -> Policy:
    """Read a `[check]` table; `known` are the ids of the rules that there are."""
    if not isinstance(table, dict):
        raise _bad(f"check is {table!r}, not a table", where, "write [check]")
    if unknown := sorted(set(table) - _KEYS):
        raise _bad(
            f"check has an unknown key {unknown[0]!r}",
            where,
            f"use only {', '.join(sorted(_KEYS))}",
        )
    return Policy(
        levels=_levels(table.get("rules", {}), where, known),
        required=_required(table.get("required", []), where),
        banned=_banned(table.get("banned_imports", {}), where),
        model_name=_pattern(table.get("model_name", MODEL_NAME), where),
    )


def _bad(what: str, where: str, remedy: str) -> ScaffoldError:
    return ScaffoldError(what, where=where, remedy=remedy)


def _levels(table: object, where: str, known: frozenset[str]) -> dict[str, Level | None]:
    wanted = (*Level, OFF)
    if not isinstance(table, dict) or any(value not in wanted for value in table.values()):
        raise _bad(f"check.rules is {table!r}", where, f"give each rule one of {', '.join(wanted)}")
    if unknown := sorted(set(table) - known):
        raise _bad(
            f"check.rules names {unknown[0]!r}, which is no rule",
            where,
            "scaffold check --list names every rule",
        )
    return {code: None if value == OFF else Level(value) for code, value in table.items()}


def _required(paths: object, where: str) -> tuple[str, ...]:
    if not isinstance(paths, list) or not all(isinstance(path, str) and path for path in paths):
        raise _bad(f"check.required is {paths!r}", where, 'write required = ["docs/owners.md"]')
    for path in paths:
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise _bad(
                f"check.required names {path!r}, which leaves the repository",
                where,
                "write a path relative to the repository, without ..",
            )
    return tuple(paths)


def _banned(table: object, where: str) -> dict[str, str]:
    if isinstance(table, dict) and all(isinstance(why, str) for why in table.values()):
        return table
    raise _bad(
        f"check.banned_imports is {table!r}", where, 'write banned_imports = { module = "why" }'
    )


def _pattern(text: Any, where: str) -> str:  # noqa: ANN401 - whatever the file holds
    try:
        re.compile(text)
    except (re.error, TypeError) as error:
        raise _bad(
            f"check.model_name is {text!r}: {error}", where, "write a regular expression"
        ) from None
    return str(text)
