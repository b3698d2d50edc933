"""Know which run published weights come from."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.outcomes import runs
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

FOLDER = "weights"
MANIFEST = PurePosixPath("weights/manifest.json")
_WANTED = ("file", "sha256", "config", "commit")


@rule("REL006", "weights-without-origin", "P59")
def weights_without_origin(repository: Repository) -> Iterator[Found]:
    """Weights lie in `weights/`, and no manifest leads to the run that made them.

    Why: a checkpoint whose code is lost can be used and never corrected.

    Do: write `weights/manifest.json`: a row with file, sha256, config and commit, both of a line
    of the ledger.
    """
    files = [path for path in repository.under(FOLDER) if path.suffix == ".safetensors"]
    content = repository.json(MANIFEST)
    rows = content.get("weights") if isinstance(content, dict) else None
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    known = {row.get("file"): row for row in rows}
    ledger = {
        (entry.get("config"), entry.get("commit"))
        for _, entry in runs(repository)
        if isinstance(entry, dict)
    }
    for path in files:
        row = known.get(path.name)
        if row is None:
            yield Found(where=path, because=f"has no row in {MANIFEST}")
        elif absent := [key for key in _WANTED if not row.get(key)]:
            yield Found(where=MANIFEST, because=f"{path.name} lacks {', '.join(absent)}")
        elif (row["config"], row["commit"]) not in ledger:
            yield Found(where=MANIFEST, because=f"no run of the ledger made {path.name}")
