"""Do not run code that comes with weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, replace
from scaffold.check.rule import Found, rule
from scaffold.check.source import is_constant, keywords
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("SEC010", "remote-code-is-trusted", "P02", level=Level.WARNING, fixable=Fixable.UNSAFE)
def remote_code_is_trusted(repository: Repository) -> Iterator[Found]:
    """A hub's code is run because it lies beside the weights.

    Why: `trust_remote_code=True` runs whatever the repository holds today, and a reference whose
    code may change is not pinned.

    Do: leave it out, or pin `revision=` to a commit that somebody read and waive this.
    """
    for source in repository.own:
        for _, call in source.calls:
            given = keywords(call).get("trust_remote_code")
            if given is not None and is_constant(given, value=True):
                edit = replace(source, given, "False")
                yield Found(
                    where=source.path,
                    line=call.lineno,
                    because="trust_remote_code is True",
                    fix=Fix(says="do not trust it", changes=(edit,), safe=False),
                )
