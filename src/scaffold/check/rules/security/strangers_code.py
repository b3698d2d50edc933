"""Keep a stranger's branch away from the repository's secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.workflows import workflows
from scaffold.check.facts.yamls import on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_TRUSTED = frozenset({"pull_request_target", "workflow_run"})


@rule("SEC005", "strangers-code-with-secrets", "P61", fixable=Fixable.UNSAFE)
def strangers_code_with_secrets(repository: Repository) -> Iterator[Found]:
    """A workflow that holds secrets checks out the head of a pull request.

    Why: `pull_request_target` runs with the secrets of the repository, so that whoever opens a
    pull request runs code with them.

    Do: use `pull_request`, or check out the base.
    """
    for workflow in workflows(repository):
        if not workflow.triggers & _TRUSTED:
            continue
        for step in workflow.steps():
            given = step.get("with")
            ref = str(given.get("ref", "")) if isinstance(given, dict) else ""
            if "actions/checkout" in str(step.get("uses", "")) and "head" in ref:
                old, new = "pull_request_target", "pull_request"
                at = workflow.line_with(old)
                fix = on_line(repository, workflow.path, at, old, new, "hold no secrets")
                yield Found(
                    where=workflow.path,
                    line=workflow.line_with(ref),
                    because=f"checks out {ref} in a workflow with secrets",
                    fix=as_unsafe(fix),
                )
