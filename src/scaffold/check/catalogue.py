"""Write the page that lists every rule, from the registry; and say which practices none serves."""

from __future__ import annotations

from itertools import groupby

from scaffold.check.rule import every_rule
from scaffold.core.findings import Fixable

UNSERVED = {
    "P44": "agreement per sample needs both models' predictions on the data, which no file holds",
    "P64": "the score is what `scaffold status` computes, the least of the sections",
}
"""Practices that no rule serves, each with the reason."""
_FIXES = {Fixable.NO: "", Fixable.SAFE: "`--fix`", Fixable.UNSAFE: "`--fix --unsafe`"}


def page() -> str:
    """Return the page in Markdown: one table per family."""
    rules = every_rule()
    fixable = sum(rule.fixable is not Fixable.NO for rule in rules)
    served = {practice for rule in rules for practice in rule.practices}
    lines = [
        "# Rules",
        "",
        (
            f"{len(rules)} rules, {fixable} mend what they find, for {len(served)} of the 64"
            " practices. `scaffold explain ID` shows why, what to do, and an example."
        ),
    ]
    ordered = sorted(rules, key=lambda rule: (rule.family, rule.id))
    for family, some in groupby(ordered, key=lambda rule: rule.family):
        lines += ["", f"## {family}", "", "| rule | is raised when | level | practices | fix |"]
        lines.append("| --- | --- | --- | --- | --- |")
        for rule in some:
            waits = f" from {rule.gate} on" if rule.gate else ""
            cells = (
                f"{rule.id} `{rule.name}`",
                rule.says.removesuffix("."),
                f"{rule.level}{waits}",
                ", ".join(rule.practices),
                _FIXES[rule.fixable],
            )
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Practices without a rule", ""]
    lines += [f"- **{practice}**: {why}." for practice, why in sorted(UNSERVED.items())]
    return "\n".join(lines) + "\n"
