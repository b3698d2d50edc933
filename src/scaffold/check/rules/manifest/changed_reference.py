"""Notice when the reference is no longer what was pinned."""

from __future__ import annotations

from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.manifests import PATH
from scaffold.check.facts.yamls import on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("MAN007", "reference-file-changed", "P02", "P19", fixable=Fixable.UNSAFE)
def reference_file_changed(repository: Repository) -> Iterator[Found]:
    """A file of the reference is missing, or its hash is not the one in the manifest.

    Why: somebody mended the reference, and since then both sides have the same mistake.

    Do: put the file back. If the change is meant, write its new hash and record the goldens again.
    """
    files = repository.section("reference").get("files")
    for row in files if isinstance(files, list) else ():
        path = row.get("path") if isinstance(row, dict) else None
        if not isinstance(path, str) or ".." in PurePosixPath(path).parts or path.startswith("/"):
            continue
        said = str(row.get("sha256", ""))
        line = next(
            (n for n, text in enumerate(repository.lines(PATH), 1) if said and said in text), None
        )
        content = repository.content(path)
        if content is None:
            yield Found(where=PATH, line=line, because=f"{path} is not there")
        elif (found := sha256(content).hexdigest()) != said:
            fix = on_line(repository, PATH, line, said, found, "write its hash") if line else None
            yield Found(
                where=PATH,
                line=line,
                because=f"{path} is no longer {said[:12]}",
                fix=as_unsafe(fix),
            )
