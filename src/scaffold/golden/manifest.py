"""Read and lay out `manifest.json` with the standard library alone.

On disk an entry is a row of short values and a tensor is named once, because a bundle is committed:
a manifest of a thousand entries must stay small, and its differences must be readable in review.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA = 1
"""The layout that this version writes, and the newest that it reads."""

MANIFEST = "manifest.json"

_COLUMNS = ("role", "part", "kind", "call", "order", "leaf", "probe")
_RECORD_AGAIN = "record the bundle again with `scaffold record`"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One golden: what it is, where it belongs, and the hash under which its tensor is stored."""

    id: str
    role: str
    part: str
    kind: str
    call: int
    order: int
    leaf: str
    probe: str
    dtype: str
    shape: tuple[int, ...]
    hash: str


def identity(*, role: str, part: str, call: int, leaf: str, probe: str) -> str:
    """Name an entry by what it is, so that the name survives recording again."""
    return f"{role}:{part}#{call}:{leaf}@{probe}"


def manifest_of(folder: Path) -> dict[str, Any]:
    """Give the manifest of a bundle, entries as dictionaries, without opening a tensor.

    Raises:
        ScaffoldError: There is no bundle, it is no JSON, or a newer version has written it.
    """
    raw = _load(Path(folder) / MANIFEST)
    try:
        tensors, columns = raw["tensors"], raw["columns"]
        raw["entries"] = [_entry(row, columns, tensors) for row in raw["entries"]]
        raw["tensors"] = [{"hash": row[0], "shard": row[3]} for row in tensors]
        raw["shards"], raw["tables"], raw["provenance"]  # all three must be there
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ScaffoldError(
            f"the manifest is damaged ({type(error).__name__}: {error})",
            where=str(Path(folder) / MANIFEST),
            remedy=f"restore it from version control, or {_RECORD_AGAIN}",
        ) from error
    return raw


def manifest_text(
    *,
    entries: Iterable[Entry],
    shard_of: Mapping[str, int],
    shards: list[dict[str, Any]],
    tables: Mapping[str, Any],
    provenance: Mapping[str, Any],
) -> str:
    """Lay a manifest out: sorted keys, one entry and one tensor a line, no clock."""
    rows = [asdict(entry) for entry in entries]
    about = {row["hash"]: [row["hash"], row["dtype"], list(row["shape"])] for row in rows}
    hashes = sorted(about)
    index = {key: number for number, key in enumerate(hashes)}
    lines = [[*(row[column] for column in _COLUMNS), index[row["hash"]]] for row in rows]
    held = [f"{_dumps(name)}: {_dumps(tables[name])}" for name in sorted(tables)]
    sections = {
        "columns": _dumps([*_COLUMNS, "tensor"]),
        "entries": _block([_dumps(line) for line in lines], "[]"),
        "provenance": json.dumps(provenance, sort_keys=True, indent=1, allow_nan=False),
        "schema": _dumps(SCHEMA),
        "shards": _block([_dumps(shard) for shard in shards], "[]"),
        "tables": _block(held, "{}"),
        "tensors": _block([_dumps([*about[key], shard_of[key]]) for key in hashes], "[]"),
    }
    return "{\n" + ",\n".join(f'"{name}": {text}' for name, text in sections.items()) + "\n}\n"


def _dumps(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _block(lines: list[str], brackets: str) -> str:
    return brackets[0] + "\n" + ",\n".join(lines) + "\n" + brackets[1]


def _load(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ScaffoldError(
            "there is no bundle here", where=str(path.parent), remedy=_RECORD_AGAIN
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ScaffoldError(
            f"the manifest is no JSON ({error})",
            where=str(path),
            remedy=f"restore it from version control, or {_RECORD_AGAIN}",
        ) from error
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if not isinstance(schema, int):
        raise ScaffoldError(
            "the manifest names no schema",
            where=str(path),
            remedy=f"restore it from version control, or {_RECORD_AGAIN}",
        )
    if schema > SCHEMA:
        raise ScaffoldError(
            f"the bundle has schema {schema}, and this version reads up to {SCHEMA}",
            where=str(path),
            remedy="install a newer refscaffold",
        )
    return dict(raw)


def _entry(row: list[Any], columns: list[str], tensors: list[list[Any]]) -> dict[str, Any]:
    fields = dict(zip(columns, row, strict=True))
    digest, dtype, shape, _ = tensors[fields.pop("tensor")]
    key = {name: fields[name] for name in ("role", "part", "call", "leaf", "probe")}
    return {"id": identity(**key), **fields, "dtype": dtype, "shape": tuple(shape), "hash": digest}
