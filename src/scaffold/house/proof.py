"""Remember what a comparison said of each rung, and notice what has changed since.

The evidence lies in `build/`, which is not committed: whoever has none compares once. It speaks of
the code, configuration, map and goldens that were there; when one of them changes it is old.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.core.comparison import Comparison

RUNGS = PurePosixPath("build", "evidence", "rungs.json")
SCHEMA = 1
_DECIDES = ("src", "configs", "goldens", "tests/parity", "reference")
_LEFT_OUT = ("__pycache__", ".cache", ".ruff_cache", ".mypy_cache")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What the last comparison said of one rung."""

    items: int
    differ: int
    first: str = ""
    """The first item that differs."""
    fresh: bool = True
    """Whether everything that it speaks of is as it was."""

    @property
    def holds(self) -> bool:
        """Whether the rung agrees, today."""
        return self.fresh and self.items > 0 and not self.differ


def rungs_of(comparison: Comparison) -> dict[str, dict[str, Any]]:
    """Count, for every rung of a comparison, its items and those that differ."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for part in comparison.parts:
        found.setdefault("forward", []).append((part.ours or part.part, part.agrees))
    for row in comparison.rungs:
        found.setdefault(str(row.rung), []).append((row.item, row.judgement.verdict.agrees))
    for part_name in comparison.unmatched:
        found.setdefault("forward", []).append((part_name, False))
    return {
        rung: {
            "items": len(items),
            "differ": sum(not agrees for _, agrees in items),
            "first": next((name for name, agrees in items if not agrees), ""),
        }
        for rung, items in found.items()
    }


def kept(root: Path, comparison: Comparison) -> str:
    """Give the evidence as it is to be written, with that of other rungs which is still fresh."""
    code = state_of(root)
    before = _read(root)
    old = before.get("rungs") if before.get("state") == code else None
    rungs = {**(old if isinstance(old, dict) else {}), **rungs_of(comparison)}
    return json.dumps({"schema": SCHEMA, "state": code, "rungs": rungs}, indent=1) + "\n"


def proofs(root: Path) -> Mapping[str, Proof]:
    """Read the evidence of a repository; without any there is none."""
    content = _read(root)
    rungs = content.get("rungs")
    if not isinstance(rungs, dict) or not rungs:
        return {}
    fresh = content.get("state") == state_of(root)
    return {
        name: Proof(
            items=_number(row, "items"),
            differ=_number(row, "differ"),
            first=str(row.get("first", "")),
            fresh=fresh,
        )
        for name, row in rungs.items()
        if isinstance(row, dict)
    }


def state_of(root: Path) -> str:
    """Hash everything that a comparison depends on."""
    digest = blake2b(digest_size=16)
    for path in sorted(_files(root)):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(root: Path) -> Iterable[Path]:
    for folder in _DECIDES:
        for path in (root / folder).rglob("*"):
            inside = path.relative_to(root).parts
            if not path.is_symlink() and path.is_file() and not set(inside) & set(_LEFT_OUT):
                yield path


def _read(root: Path) -> dict[str, Any]:
    """Read evidence; what cannot be read is none."""
    try:
        content = json.loads((root / RUNGS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    known = isinstance(content, dict) and content.get("schema") == SCHEMA
    return content if known else {}


def _number(row: Mapping[str, Any], key: str) -> int:
    value = row.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
