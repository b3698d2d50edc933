"""Hold data from a hub to one revision."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.yamls import line_of
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_COMMIT = re.compile(r"[0-9a-f]{40}")


@rule("DAT005", "data-follows-a-branch", "P41", "P59", level=Level.WARNING, gate="G8")
def data_follows_a_branch(repository: Repository) -> Iterator[Found]:
    """The data that is trained on comes from a branch of a hub.

    Why: a row that is corrected there changes the result here, and nothing says so.

    Do: write the 40-digit commit as `revision`.
    """
    main = repository.yaml("configs/train.yaml")
    wanted = main.get("defaults") if isinstance(main, dict) else None
    for entry in wanted if isinstance(wanted, list) else ():
        option = entry.get("data") if isinstance(entry, dict) else None
        path = PurePosixPath("configs/data", f"{option}.yaml")
        content = repository.yaml(path) if isinstance(option, str) else None
        source = content.get("source") if isinstance(content, dict) else None
        revision = source.get("revision") if isinstance(source, dict) else None
        if revision is not None and not _COMMIT.fullmatch(str(revision)):
            line = line_of(repository, path, "revision")
            yield Found(where=path, line=line, because=f"revision is {revision}")
