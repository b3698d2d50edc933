"""Find out which answers become names on a disk, and hold them to the rules for such names."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from scaffold.generate.names import check_distribution, check_name, check_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePosixPath

    from scaffold.house.table import House

_EXPRESSION = re.compile(r"\{[{%](.*?)[}%]\}")
_WORD = re.compile(r"[A-Za-z_]\w*")
_CHECKS = {
    "component": check_name,
    "package": check_package,
    "distribution": check_distribution,
}


class Role(StrEnum):
    """What an answer becomes."""

    COMPONENT = "component"
    PACKAGE = "package"
    DISTRIBUTION = "distribution"


def roles(house: House, paths: Iterable[PurePosixPath], names: Iterable[str]) -> dict[str, Role]:
    """Give the role of each answer that becomes a name.

    An answer that stands in the name of a file or folder is a component; where the folder is an
    import package, it is a package. That the name of the distribution is one, only the house
    can say.
    """
    asked = frozenset(names)
    found: dict[str, Role] = {}
    everything = list(paths)
    packages = {path.parent for path in everything if path.name.startswith("__init__.py")}
    for path in everything:
        for part in (path, *path.parents):
            for name in _names_in(part.name) & asked:
                is_package = part in packages and bool(_EXPRESSION.fullmatch(part.name))
                if is_package or name not in found:
                    found[name] = Role.PACKAGE if is_package else Role.COMPONENT
    for name, role in house.names.items():
        if name in asked:
            found[name] = Role(role)
    return found


def check_roles(answers: Mapping[str, object], found: Mapping[str, Role]) -> None:
    """Refuse answers that are no good names."""
    for name, role in found.items():
        if name in answers:
            _CHECKS[role](str(answers[name]), f"answer {name}")


def _names_in(template: str) -> frozenset[str]:
    """Give the variables that stand in the name of a path."""
    return frozenset(
        word for expression in _EXPRESSION.findall(template) for word in _WORD.findall(expression)
    )
