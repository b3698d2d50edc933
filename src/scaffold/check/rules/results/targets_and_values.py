"""Let every name of a target be a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import complaint
from scaffold.check.facts.outcomes import declared, line_with, measured, name_of, rows
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("RES003", "target-not-declared", "P45")
def target_not_declared(repository: Repository) -> Iterator[Found]:
    """The manifest requires, or a measurement speaks of, a target that is not declared.

    Why: it is reached or missed by nobody's number.

    Do: declare it in `results/targets.yaml`.
    """
    path = declared(repository)
    known = {name_of(row, "id") for row in rows(repository, path, "targets")}
    required = repository.section("targets").get("required")
    for name in required if isinstance(required, list) else ():
        if str(name) not in known:
            yield complaint(repository, "targets", "required", f"{name} is not in {path}")
    values = measured(repository)
    for row in rows(repository, values, "measured"):
        if name_of(row, "target") not in known:
            line = line_with(repository, values, row.get("target"))
            said = f"{row.get('target')} is not in {path}"
            yield Found(where=values, line=line, because=said)
