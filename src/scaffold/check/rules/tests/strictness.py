"""Let pytest complain about what is almost a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.packages import PYPROJECT
from scaffold.check.facts.tables import line_of, set_value
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_TABLE = "tool.pytest.ini_options"


@rule("TST006", "xfail-is-lax", "P26", level=Level.WARNING, fixable=Fixable.SAFE)
def xfail_is_lax(repository: Repository) -> Iterator[Found]:
    """A test that is expected to fail and passes is not reported.

    Why: a deviation that went away stays written down as one.

    Do: write `xfail_strict = true` (or `strict = true`) for pytest.
    """
    if not repository.manifest or not repository.has(PYPROJECT):
        return
    tool = repository.toml(PYPROJECT).get("tool", {})
    settings = tool.get("pytest", {}).get("ini_options") if isinstance(tool, dict) else None
    if not isinstance(settings, dict):
        return
    if settings.get("xfail_strict") is not True and settings.get("strict") is not True:
        fix = set_value(
            repository, str(PYPROJECT), _TABLE, "xfail_strict", value=True, says="be strict"
        )
        line = line_of(repository, str(PYPROJECT), _TABLE)
        yield Found(where=PYPROJECT, line=line, because="xfail_strict is not true", fix=fix)
