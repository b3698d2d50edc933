"""What several rules want of the manifest: texts, and values that the house had rendered."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.check.facts.tables import line_of, set_value
from scaffold.check.reading import as_toml, decoded
from scaffold.check.rule import Found
from scaffold.house.manifest import MANIFEST

if TYPE_CHECKING:
    from scaffold.check.edit import Fix
    from scaffold.check.repository import Repository

PATH = PurePosixPath(MANIFEST)


def text(repository: Repository, table: str, key: str) -> str:
    """Give a text of the manifest; empty where it is none."""
    value = repository.section(table).get(key)
    return value.strip() if isinstance(value, str) else ""


def complaint(
    repository: Repository, table: str, key: str, because: str, fix: Fix | None = None
) -> Found:
    """Complain about a key of the manifest, at its line."""
    return Found(
        where=PATH, line=line_of(repository, MANIFEST, table, key), because=because, fix=fix
    )


def restored(repository: Repository, table: str, key: str) -> Fix | None:
    """Put the value back that the house had rendered."""
    base = repository.base(PATH)
    content = as_toml(decoded(base) or "") if base is not None else None
    section: Any = (content or {}).get(table)
    if not isinstance(section, dict) or key not in section or isinstance(section[key], dict):
        return None
    says = f"put back {section[key]!r}"
    return set_value(repository, MANIFEST, table, key, section[key], says)
