"""Keep the text that a later update merges from.

Only rows owned by `both` are kept: they are the ones that are merged. A row owned by `template`
is replaced when its hash in the lock still fits, and a row owned by `user` is left alone. The
suffix keeps linters and test runners from taking the copies for code.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.house.table import Owner

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = PurePosixPath(".scaffold/base")
SUFFIX = ".base"


def base_of(path: PurePosixPath) -> PurePosixPath:
    """Give the place of the merge base of a path."""
    return BASE / path.with_name(path.name + SUFFIX)


def bases(
    files: Mapping[PurePosixPath, bytes], owners: Mapping[PurePosixPath, Owner]
) -> dict[PurePosixPath, bytes]:
    """Give the merge bases of what was rendered."""
    return {
        base_of(path): content
        for path, content in files.items()
        if owners[path] is Owner.BOTH and _is_text(content)
    }


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
