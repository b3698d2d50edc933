"""Collect goldens and write them as one bundle: same content, same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scaffold.golden import digest, shard
from scaffold.golden.manifest import MANIFEST, Entry, identity, manifest_text
from scaffold.golden.place import moved, refuse_strangers, unwritable

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARD_BYTES = 64 * 2**20
"""A shard is closed when it holds this much: small to fetch again, large enough to be few."""


class Writer:
    """Gather tensors and tables, and write them once, at the end."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._arrays: dict[str, np.ndarray] = {}
        self._tables: dict[str, Any] = {}

    def add(
        self,
        array: np.ndarray,
        *,
        role: str,
        part: str = "",
        kind: str = "",
        call: int = 0,
        order: int = 0,
        leaf: str = "",
        probe: str = "",
        same_as: Entry | None = None,
        frozen: bool = False,
    ) -> Entry:
        """Take one tensor; its content is copied now and stored once.

        Args:
            array: The tensor.
            role: What it is of its part; the others say where it belongs.
            part: The part of theirs.
            kind: The class of the part.
            call: Which call of the part.
            order: When it was seen.
            leaf: The path in a nested value.
            probe: On which input.
            same_as: What an earlier call gave for the same tensor, which is then not hashed again.
            frozen: Nobody will write to the array, so it is held and not copied.

        Raises:
            ValueError: The same place was added before.
        """
        name = identity(role=role, part=part, call=call, leaf=leaf, probe=probe)
        if name in self._entries:
            raise ValueError(f"{name} was added before")
        if same_as is None:
            kept = np.asarray(array, order="C") if frozen else np.array(array, order="C", copy=True)
            key = digest.of_array(kept)
            self._arrays.setdefault(key, kept)
        else:
            key, kept = same_as.hash, self._arrays[same_as.hash]
        entry = Entry(
            id=name,
            role=role,
            part=part,
            kind=kind,
            call=call,
            order=order,
            leaf=leaf,
            probe=probe,
            dtype=str(kept.dtype),
            shape=kept.shape,
            hash=key,
        )
        self._entries[name] = entry
        return entry

    def table(self, name: str, value: Any) -> None:  # noqa: ANN401 - whatever JSON holds
        """Take one table of JSON values.

        Raises:
            ValueError: A table of that name was added before.
        """
        if name in self._tables:
            raise ValueError(f"table {name!r} was added before")
        self._tables[name] = value

    def write(self, folder: Path, *, provenance: Mapping[str, Any] | None = None) -> Path:
        """Write the bundle beside its place and move it there, replacing an older bundle.

        Raises:
            ScaffoldError: The folder holds what is no part of a bundle, or cannot be written.
        """
        folder = Path(folder)
        refuse_strangers(folder)
        beside = folder.with_name(f".{folder.name}.writing")
        shutil.rmtree(beside, ignore_errors=True)
        try:
            beside.mkdir(parents=True)
            self._fill(beside, provenance or {})
            moved(beside, folder)
        except OSError as error:
            raise unwritable(folder, error) from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return folder

    def _fill(self, folder: Path, provenance: Mapping[str, Any]) -> None:
        shards: list[dict[str, Any]] = []
        shard_of: dict[str, int] = {}
        for number, hashes in enumerate(self._packed()):
            path = folder / f"tensors-{number:02d}.safetensors"
            shards.append(shard.write(path, {key: self._arrays[key] for key in hashes}))
            shard_of.update(dict.fromkeys(hashes, number))
        text = manifest_text(
            entries=self._entries.values(),
            shard_of=shard_of,
            shards=shards,
            tables=self._tables,
            provenance=provenance,
        )
        (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")

    def _packed(self) -> list[list[str]]:
        shards: list[list[str]] = []
        room = 0
        for key in sorted(self._arrays):
            size = self._arrays[key].nbytes
            if not shards or size > room:
                shards.append([])
                room = SHARD_BYTES
            shards[-1].append(key)
            room -= size
        return shards
