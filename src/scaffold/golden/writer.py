"""Collect goldens and write them as one bundle: same content, same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import save

from scaffold.core.errors import ScaffoldError
from scaffold.golden import digest
from scaffold.golden.manifest import MANIFEST, Entry, identity, manifest_text

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
    ) -> Entry:
        """Take one tensor; its content is copied now and stored once.

        Raises:
            ValueError: The same place was added before.
        """
        kept = np.array(array, order="C", copy=True)
        name = identity(role=role, part=part, call=call, leaf=leaf, probe=probe)
        if name in self._entries:
            raise ValueError(f"{name} was added before")
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
            hash=digest.of_array(kept),
        )
        self._entries[name] = entry
        self._arrays.setdefault(entry.hash, kept)
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
        _refuse_strangers(folder)
        beside = folder.with_name(f".{folder.name}.writing")
        shutil.rmtree(beside, ignore_errors=True)
        try:
            beside.mkdir(parents=True)
            self._fill(beside, provenance or {})
            _swap(beside, folder)
        except OSError as error:
            raise ScaffoldError(
                f"cannot be written: {error.strerror}",
                where=str(folder),
                remedy="look at its permissions and its space, or name another folder",
            ) from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return folder

    def _fill(self, folder: Path, provenance: Mapping[str, Any]) -> None:
        shards: list[dict[str, Any]] = []
        shard_of: dict[str, int] = {}
        for number, hashes in enumerate(self._packed()):
            path = folder / f"tensors-{number:02d}.safetensors"
            path.write_bytes(save({key: self._arrays[key] for key in hashes}))
            shards.append(
                {"file": path.name, "bytes": path.stat().st_size, "hash": digest.of_file(path)}
            )
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


def _refuse_strangers(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ScaffoldError(
            "is a file, and a bundle is a folder", where=str(folder), remedy="name another folder"
        )
    strangers = sorted(
        path.name
        for path in folder.iterdir()
        if path.name != MANIFEST and not path.match("tensors-*.safetensors")
    )
    if strangers:
        raise ScaffoldError(
            f"holds {', '.join(strangers)}, which no bundle contains",
            where=str(folder),
            remedy="move it away, or name another folder; recording replaces the whole folder",
        )


def _swap(new: Path, place: Path) -> None:
    """Put `new` in `place`; when that fails, what was there before is back."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)
