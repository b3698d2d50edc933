"""Find the rules of installed packages beside those that ship.

A package of a team offers a module under the entry point group `scaffold.rules`; importing it
registers its rules, by the same decorator. It is installed by the team, and no repository that is
checked can bring one.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from scaffold.check.rule import every_rule, registered
from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from scaffold.check.rule import Rule

GROUP = "scaffold.rules"


def every_rule_of() -> tuple[Rule, ...]:
    """Give the rules that ship and those of installed packages."""
    shipped = every_rule()
    points = entry_points(group=GROUP)
    for point in points:
        try:
            point.load()
        except Exception as error:
            raise ScaffoldError(
                f"its rules cannot be loaded: {type(error).__name__}: {error}",
                where=f"{GROUP}: {point.value}",
                remedy="mend or uninstall the package",
            ) from error
    return registered() if points else shipped
