"""Hold actions to the commit that was read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts.workflows import workflows
from scaffold.check.facts.yamls import on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

KNOWN = {
    "actions/checkout@v4": ("11bd71901bbe5b1630ceea73d27597364c9af683", "v4.2.2"),
    "actions/setup-python@v5": ("a26af69be951a213d495a4c3e4e4022e16d87065", "v5.6.0"),
}
"""Commits of tags that are known without asking anybody; the same that a house renders."""

_PINNED = re.compile(r".+@[0-9a-f]{40}|\./.*|docker://.+@sha256:[0-9a-f]{64}")


@rule("SEC003", "action-not-pinned", "P61", level=Level.WARNING, fixable=Fixable.SAFE)
def action_not_pinned(repository: Repository) -> Iterator[Found]:
    """A workflow uses an action by a tag or a branch.

    Why: a tag can be moved to other code, which then runs with the workflow's token.

    Do: name the 40-digit commit, and the version in a comment after it; dependabot keeps both new.
    """
    for workflow in workflows(repository):
        for line, used in workflow.uses():
            if not _PINNED.fullmatch(used):
                fix = None
                if known := KNOWN.get(used):
                    pinned = f"{used.partition('@')[0]}@{known[0]} # {known[1]}"
                    fix = on_line(repository, workflow.path, line, used, pinned, "pin it")
                yield Found(
                    where=workflow.path,
                    line=line,
                    because=f"{used} is no commit that can be read",
                    fix=fix,
                )
