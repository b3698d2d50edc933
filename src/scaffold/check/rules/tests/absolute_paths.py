"""Let a test run on any machine."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_ABSOLUTE = re.compile(
    r"/(?:home|Users|mnt|data|datasets|scratch|work|root|raid|nfs)/[\w.-]+|~/[\w.-]+"
)


@rule("TST002", "test-needs-a-place", "P26")
def test_needs_a_place(repository: Repository) -> Iterator[Found]:
    """A test reads or writes an absolute path.

    Why: it is skipped or red everywhere else, and nobody looks at a test that is always red.

    Do: use `tmp_path`, or a file beside the test.
    """
    for source in repository.tests:
        for node in source.all(ast.Constant):
            if isinstance(node.value, str) and (found := _ABSOLUTE.match(node.value)):
                yield Found(where=source.path, line=node.lineno, because=f"names {found[0]}")


test_needs_a_place.__test__ = False  # type: ignore[attr-defined]
