"""Compare with goldens of the reference that is there."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.bundles import bundles, hash_of
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("PAR005", "goldens-of-another-reference", "P02", "P27", "P54")
def goldens_of_another_reference(repository: Repository) -> Iterator[Found]:
    """A file of the reference changed after the goldens were recorded from it.

    Why: ours is then held to what the reference no longer computes.

    Do: put the file back, or record again and say why.
    """
    adapter = repository.section("parity").get("reference")
    if not isinstance(adapter, str) or ".." in PurePosixPath(adapter).parts:
        return
    folder = PurePosixPath(adapter).parent
    for bundle in bundles(repository):
        files = bundle.provenance.get("files")
        for name, said in files.items() if isinstance(files, dict) else ():
            content = (
                None if ".." in PurePosixPath(name).parts else repository.content(folder / name)
            )
            if content is not None and hash_of(content) != said:
                because = f"{folder / name} is not what it was recorded from"
                yield Found(where=bundle.path, because=because)
