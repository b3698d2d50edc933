"""Keep texts that strangers write out of the shell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts.workflows import workflows
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_STRANGERS = re.compile(
    r"\$\{\{\s*(github\.head_ref|github\.event\.[\w.*\[\]]*"
    r"(?:title|body|head\.ref|head\.label|message|email|name|label|page_name))\s*\}\}"
)


@rule("SEC006", "stranger-writes-the-command", "P61")
def stranger_writes_the_command(repository: Repository) -> Iterator[Found]:
    """A command of a workflow holds a text that whoever opens an issue or a branch writes.

    Why: the text is put into the script before the shell reads it; a title with a backtick runs.

    Do: pass it through `env:` and quote the variable.
    """
    for workflow in workflows(repository):
        for step in workflow.steps():
            for found in _STRANGERS.finditer(str(step.get("run", ""))):
                yield Found(
                    where=workflow.path,
                    line=workflow.line_with(found[1]),
                    because=f"{found[1]} is part of a command",
                )
