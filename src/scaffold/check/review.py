"""Offer the rules to `repo-review`, so that they appear beside its own (extra `review`).

One check per rule, in a family of its own per family of ours. Whoever runs `repo-review` in a
folder gets what `scaffold check` says there; of a package that is not on a disk, nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.check.asking import every_rule
from scaffold.check.extra import every_rule_of
from scaffold.check.listing import listing
from scaffold.check.rule import FAMILIES, Rule
from scaffold.check.run import check
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.core.findings import Report

_reports: dict[Path, Report] = {}


class RuleCheck:
    """One rule, in the form that `repo-review` calls."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.family = f"scaffold-{rule.id[:3].lower()}"
        said = f"{rule.says}\n\nWhy: {rule.why}\n\nDo: {rule.remedy}"
        # The text is put through str.format there.
        self.__doc__ = said.replace("{", "{{").replace("}", "}}")

    def check(self, root: Any) -> bool | str | None:  # noqa: ANN401 - as repo-review gives it
        """Give True where nothing was found, else what was; None where there is no folder."""
        if not isinstance(root, Path):
            return None
        found = [one for one in _report(root).findings if one.code == self._rule.id]
        counted = [one for one in found if one.level is not Level.NOTE]
        if not counted:
            return True
        places = (f"- `{one.where}`: {one.because}" for one in counted)
        return "\n".join((self._rule.remedy, "", *places))


def checks() -> Mapping[str, RuleCheck]:
    """Give every rule, an H before its id; the entry point `repo_review.checks`.

    Other rule sets have a SEC001 too.
    """
    return {f"H{rule.id}": RuleCheck(rule) for rule in every_rule_of()}


def families() -> Mapping[str, dict[str, Any]]:
    """Name the families; the entry point `repo_review.families`."""
    return {
        f"scaffold-{letters.lower()}": {"name": f"House: {words}", "order": 50 + number}
        for number, (letters, words) in enumerate(FAMILIES.items())
    }


def _report(root: Path) -> Report:
    if root not in _reports:
        _reports[root] = check(listing(root), every_rule(root)).report
    return _reports[root]
