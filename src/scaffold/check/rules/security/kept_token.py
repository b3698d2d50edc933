"""Do not leave the token in the checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.workflows import workflows
from scaffold.check.facts.yamls import insert_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("SEC007", "token-left-in-checkout", "P61", level=Level.NOTE, fixable=Fixable.UNSAFE)
def token_left_in_checkout(repository: Repository) -> Iterator[Found]:
    """A checkout keeps the token in `.git/config`, where every later step can read it.

    Why: a test that runs somebody else's code can take it along.

    Do: write `persist-credentials: false`, but for a job that pushes.
    """
    for workflow in workflows(repository):
        checkouts = [step for step in workflow.steps() if _is_checkout(step)]
        lines = [line for line, used in workflow.uses() if used.startswith("actions/checkout@")]
        for step, line in zip(checkouts, lines, strict=False):
            given = step.get("with")
            if isinstance(given, dict) and "persist-credentials" in given:
                continue
            fix = None
            if given is None:
                before = workflow.lines[line - 1]
                pad = " " * before.index("uses:")
                text = f"{pad}with:\n{pad}  persist-credentials: false"
                fix = insert_line(repository, workflow.path, line, text, "forget the token")
            yield Found(
                where=workflow.path,
                line=line,
                because="the checkout keeps the token",
                fix=as_unsafe(fix),
            )


def _is_checkout(step: dict[str, object]) -> bool:
    return str(step.get("uses", "")).startswith("actions/checkout@")
