"""Skip nothing silently."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.check.source import keywords
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository
    from scaffold.check.source import Source

_MARKS = frozenset({"pytest.mark.skip", "pytest.mark.xfail"})


@rule("TST005", "skipped-without-reason", "P26", level=Level.WARNING)
def skipped_without_reason(repository: Repository) -> Iterator[Found]:
    """A test is skipped, or expected to fail, and nothing says why.

    Why: a skipped rung is a hole in the evidence that looks like evidence.

    Do: give `reason=`, or run the test.
    """
    for source in repository.tests:
        called = {id(call.func) for _, call in source.calls}
        for name, call in source.calls:
            given = keywords(call)
            reason = given.get("reason")
            said = isinstance(reason, ast.Constant) and not reason.value
            bare = not call.args and "reason" not in given
            if name in _MARKS and (bare or said):
                yield Found(where=source.path, line=call.lineno, because=f"{name} gives no reason")
        for node in source.all(ast.Attribute):
            if (
                id(node) not in called
                and source.full_name(node) in _MARKS
                and _is_mark(source, node)
            ):
                yield Found(
                    where=source.path,
                    line=node.lineno,
                    because=f"{source.full_name(node)} gives no reason",
                )


skipped_without_reason.__test__ = False  # type: ignore[attr-defined]


def _is_mark(source: Source, node: ast.Attribute) -> bool:
    return source.line_of(node).lstrip().startswith("@")
