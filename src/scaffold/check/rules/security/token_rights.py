"""Give a workflow's token no more than it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.workflows import workflows
from scaffold.check.facts.yamls import insert_line, on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.workflows import Workflow
    from scaffold.check.repository import Repository


@rule("SEC004", "token-with-every-right", "P61", level=Level.WARNING, fixable=Fixable.SAFE)
def token_with_every_right(repository: Repository) -> Iterator[Found]:
    """A workflow does not say what its token may do, or lets it do everything.

    Why: without `permissions` the token gets what the organisation's default gives, often the
    right to push.

    Do: write `permissions: contents: read` at the top, and more only at the job that needs it.
    """
    for workflow in workflows(repository):
        given = workflow.document.get("permissions")
        if given == "write-all":
            line = workflow.line_with("write-all")
            fix = on_line(
                repository, workflow.path, line, "write-all", "read-all", "let it read only"
            )
            yield Found(where=workflow.path, line=line, because="the token may write all", fix=fix)
        elif given is None and not _each_job_says(workflow):
            at = workflow.line_with("jobs:")
            text = "permissions:\n  contents: read\n"
            fix = insert_line(repository, workflow.path, at - 1, text, "let the token read only")
            yield Found(
                where=workflow.path, line=at, because="what the token may do is not said", fix=fix
            )


def _each_job_says(workflow: Workflow) -> bool:
    return bool(workflow.jobs) and all("permissions" in job for job in workflow.jobs.values())
