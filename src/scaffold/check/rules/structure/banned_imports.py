"""Keep out what a house does not want."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.check.rules.structure.import_direction import imported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("STR003", "import-is-banned", "P15", "P60")
def import_is_banned(repository: Repository) -> Iterator[Found]:
    """Code imports a module that the house bans.

    Why: the house says so, with its reason, under `banned_imports`.

    Do: use what the reason names.
    """
    banned = repository.policy.banned
    for source in repository.own if banned else ():
        for line, module in imported(source, repository.package):
            for name, why in banned.items():
                if module == name or module.startswith(f"{name}."):
                    yield Found(where=source.path, line=line, because=f"imports {name}: {why}")
