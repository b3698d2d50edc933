"""Write changes of files as a patch that `git apply` takes."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePosixPath

    Change = tuple[PurePosixPath, bytes | None, bytes | None]
    """A path, and its content before and after; None where there is no file."""

NOWHERE = "/dev/null"
_ENDED = "\n\\ No newline at end of file\n"


def patch(changes: Iterable[Change]) -> str:
    """Give the unified diff of some files, in the order of their paths."""
    lines: list[str] = []
    for path, before, after in sorted(changes, key=lambda one: one[0]):
        lines += difflib.unified_diff(
            _lines(before),
            _lines(after),
            NOWHERE if before is None else f"a/{path}",
            NOWHERE if after is None else f"b/{path}",
        )
    return "".join(line if line.endswith("\n") else f"{line}{_ENDED}" for line in lines)


def _lines(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8", "replace").splitlines(keepends=True)
