"""Read a bundle, and refuse one that is not whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from scaffold.core.errors import ScaffoldError
from scaffold.golden import digest
from scaffold.golden.manifest import Entry, manifest_of
from scaffold.golden.shard import Shard

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

_RESTORE = "restore it from version control, or record the bundle again with `scaffold record`"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """A set of goldens with its manifest; tensors are views of the files, read when looked at."""

    folder: Path
    manifest: dict[str, Any]
    entries: tuple[Entry, ...]
    _opened: dict[int, Shard] = field(default_factory=dict, repr=False)
    _shard_of: dict[str, int] = field(default_factory=dict, repr=False)
    _index: dict[str, dict[str, list[Entry]]] = field(default_factory=dict, repr=False)
    """The entries by what they are asked for: a role, a part, a probe."""

    @classmethod
    def read(cls, folder: Path, *, written_now: bool = False) -> Bundle:
        """Open a bundle and check that every shard is the one that was recorded.

        Args:
            folder: Where it is.
            written_now: This process has just written and hashed it, so it is not hashed again.

        Raises:
            ScaffoldError: The bundle is missing, damaged, or of a newer schema.
        """
        folder = Path(folder)
        manifest = manifest_of(folder)
        for shard in manifest["shards"]:
            expected = None if written_now else shard["hash"]
            _check(folder / shard["file"], size=shard["bytes"], expected=expected)
        return cls(
            folder=folder,
            manifest=manifest,
            entries=tuple(Entry(**row) for row in manifest["entries"]),
            _shard_of={row["hash"]: row["shard"] for row in manifest["tensors"]},
        )

    @staticmethod
    def manifest_of(folder: Path) -> dict[str, Any]:
        """Give the manifest alone; see `scaffold.golden.manifest_of`."""
        return manifest_of(folder)

    @property
    def tables(self) -> dict[str, Any]:
        """What was recorded as a table and not as a tensor, by name."""
        return dict(self.manifest["tables"])

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the goldens come from: files, versions, machine, seeds."""
        return dict(self.manifest["provenance"])

    def table(self, name: str) -> Any:  # noqa: ANN401 - a table is whatever JSON holds
        """Give one table.

        Raises:
            ScaffoldError: The bundle has none of that name.
        """
        if name not in self.manifest["tables"]:
            raise ScaffoldError(
                f"the bundle has no table {name!r}",
                where=str(self.folder),
                remedy="record the bundle again with `scaffold record`",
            )
        return self.manifest["tables"][name]

    def select(
        self, *, role: str | None = None, part: str | None = None, probe: str | None = None
    ) -> tuple[Entry, ...]:
        """Give the entries that match everything asked for, in the order of recording."""
        if not self._index:
            self._index.update(_indexed(self.entries))
        asked = {"role": role, "part": part, "probe": probe}
        groups = [
            self._index[name].get(value, []) for name, value in asked.items() if value is not None
        ]
        return tuple(
            entry
            for entry in min(groups, key=len, default=self.entries)
            if (role is None or entry.role == role)
            and (part is None or entry.part == part)
            and (probe is None or entry.probe == probe)
        )

    def array(self, entry: Entry) -> np.ndarray:
        """Give a golden as a read-only array."""
        number = self._shard_of[entry.hash]
        if number not in self._opened:
            self._opened[number] = _open(self.folder / self.manifest["shards"][number]["file"])
        return self._opened[number].array(entry.hash)

    def release(self) -> None:
        """Give back the memory of the goldens that were looked at; they can be asked for again."""
        for shard in self._opened.values():
            shard.release()


def _indexed(entries: Iterable[Entry]) -> dict[str, dict[str, list[Entry]]]:
    found: dict[str, dict[str, list[Entry]]] = {"role": {}, "part": {}, "probe": {}}
    for entry in entries:
        for name, groups in found.items():
            groups.setdefault(getattr(entry, name), []).append(entry)
    return found


def _check(path: Path, *, size: int, expected: str | None) -> None:
    if not path.is_file():
        raise ScaffoldError("a shard is missing", where=str(path), remedy=_RESTORE)
    found = path.stat().st_size
    if found < size:
        raise ScaffoldError(
            f"the shard is truncated: {found} of {size} bytes", where=str(path), remedy=_RESTORE
        )
    if expected is not None and digest.of_file(path) != expected:
        raise ScaffoldError(
            "the shard is not the one that was recorded (its hash differs)",
            where=str(path),
            remedy=_RESTORE,
        )


def _open(path: Path) -> Shard:
    try:
        return Shard.open(path)
    except (SafetensorError, OSError) as error:
        raise ScaffoldError(
            f"the shard cannot be read ({error})", where=str(path), remedy=_RESTORE
        ) from error
