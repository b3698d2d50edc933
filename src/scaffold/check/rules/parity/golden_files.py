"""Let goldens be the files that their manifest names, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Delete, Fix
from scaffold.check.facts.bundles import bundles, hash_of
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.bundles import BundleFacts
    from scaffold.check.repository import Repository


@rule("PAR001", "goldens-against-manifest", "P27", fixable=Fixable.UNSAFE)
def goldens_against_manifest(repository: Repository) -> Iterator[Found]:
    """A file of goldens is missing, changed, or unknown to the manifest of its bundle.

    Why: a golden that was edited proves whatever it was edited to.

    Do: restore it from history, or record it again: `scaffold record --update --reason "..."`.
    """
    for bundle in bundles(repository):
        named = set()
        for shard in bundle.shards:
            path = bundle.folder / str(shard.get("file", ""))
            named.add(path)
            yield from _shard(repository, bundle, shard)
        for path in repository.under(str(bundle.folder), ".safetensors", ".npz", ".npy"):
            if path not in named and path.parent == bundle.folder:
                fix = Fix(says="remove it", changes=(Delete(path=path),), safe=False)
                yield Found(where=path, because="is not in the manifest of its bundle", fix=fix)


def _shard(
    repository: Repository, bundle: BundleFacts, shard: dict[str, object]
) -> Iterator[Found]:
    path = bundle.folder / str(shard.get("file", ""))
    entry = repository.entries.get(str(path))
    if ".." in path.parts or entry is None:
        yield Found(where=bundle.path, because=f"names {shard.get('file')}, which is not there")
    elif entry.size != shard.get("bytes"):
        yield Found(where=path, because=f"has {entry.size} bytes, not {shard.get('bytes')}")
    elif hash_of(repository.tree.read(path)) != shard.get("hash"):
        yield Found(where=path, because="is not what was recorded: its hash is another")
