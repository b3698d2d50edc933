"""Add to a bundle on disk what was found out about it, without touching its tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.golden.bundle import Bundle
from scaffold.golden.manifest import MANIFEST, manifest_text

if TYPE_CHECKING:
    from collections.abc import Mapping


def amended(
    bundle: Bundle, tables: Mapping[str, Any], *, provenance: Mapping[str, Any] | None = None
) -> Bundle:
    """Write tables into the manifest of a bundle, in place of older ones, and open it again.

    Where it comes from stays as it is unless another `provenance` is given.

    Raises:
        ScaffoldError: The manifest cannot be written; then it is what it was.
    """
    text = manifest_text(
        entries=bundle.entries,
        shard_of={row["hash"]: row["shard"] for row in bundle.manifest["tensors"]},
        shards=bundle.manifest["shards"],
        tables={**bundle.tables, **tables},
        provenance=bundle.provenance if provenance is None else provenance,
    )
    place = bundle.folder / MANIFEST
    beside = place.with_name(f".{MANIFEST}.writing")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(place)
    except OSError as error:
        if beside.is_file():
            beside.unlink()
        raise ScaffoldError(
            f"cannot be written: {error.strerror}",
            where=str(place),
            remedy="look at its permissions and its space, or name another folder",
        ) from error
    return Bundle.read(bundle.folder, written_now=True)
