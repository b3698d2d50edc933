"""Let the README speak of files that are there."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import prose
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

README = PurePosixPath("README.md")
_PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|toml|yaml|yml|md|cfg|sh|json))`")
_MADE = (
    "outputs",
    "build",
    "dist",
    "data",
    "runs",
    "logs",
    "checkpoints",
    "site",
    ".venv",
    "wandb",
)


@rule("DOC010", "path-does-not-exist", "P56")
def path_does_not_exist(repository: Repository) -> Iterator[Found]:
    """The README names a file or a folder of the repository that is not there.

    Why: the reader looks for it; the writer has it on one machine.

    Do: name what is there, or commit what is meant.
    """
    if not repository.manifest:
        return
    for number, line in prose(repository, README):
        for found in _PATH.finditer(line):
            path = found[1].rstrip("/")
            first = path.split("/")[0]
            known = repository.has(path) or repository.has_folder(path)
            if known or first in _MADE or "..." in path:
                continue
            if "/" in found[1] and not repository.has_folder(first) and not found[1].endswith("/"):
                continue
            by_name = (
                any(one.name == path for one in repository.files) if "/" not in path else False
            )
            below = any(str(one).endswith(f"/{path}") for one in repository.files)
            inside = any(name.endswith(f"/{path}") for name in repository.folders)
            if not by_name and not below and not inside:
                yield Found(where=README, line=number, because=f"{found[1]} is not there")
