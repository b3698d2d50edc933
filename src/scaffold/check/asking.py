"""Put together what a check asks when nothing else is said: every rule, as strict as its policy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from scaffold.check.extra import every_rule_of
from scaffold.check.policy import policy_for
from scaffold.check.run import Asked

if TYPE_CHECKING:
    from pathlib import Path


def every_rule(root: Path, *, house: Path | None = None, today: date | None = None) -> Asked:
    """Ask every rule, the house's own too, as strictly as the house and the manifest say.

    Args:
        root: The repository.
        house: The folder of a house that the repository does not name itself.
        today: On which day waivers are judged; the reader's own by default.

    Raises:
        ScaffoldError: A rule that is configured is none, or a level is.
    """
    rules = every_rule_of()
    return Asked(
        rules=rules,
        today=today or date.today(),  # noqa: DTZ011 - waivers end on a day of a calendar
        policy=policy_for(root, house, known=frozenset(rule.id for rule in rules)),
    )
