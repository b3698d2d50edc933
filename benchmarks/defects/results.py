"""Keep results as lines of JSON, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import fcntl
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

_CASES = (
    "architectures/**/*.py",
    "operators/**/*.py",
    "rewrites/**/*.py",
    "anatomy.py",
    "case.py",
    "difference.py",
    "pair.py",
    "probes.py",
    "tamper.py",
    "weights.py",
)
_ENGINE = tuple(
    f"../../src/scaffold/{room}/**/*.py"
    for room in ("core", "golden", "parity", "reference", "trace")
)
_METHODS = {"cases": (), "scaffold": ("ours.py", "subjects.py", "why.py", *_ENGINE)}


class Results:
    """The results of one file; lines that other code gave are left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        rows = [json.loads(line) for line in lines]
        self.rows = [row for row in rows if row["stamp"] == stamp(row["method"])]
        self._known = {(row["id"], row["method"]) for row in self.rows}

    def has(self, case: str, method: str) -> bool:
        """Whether that method has answered that case."""
        return (case, method) in self._known

    def add(self, row: dict[str, Any]) -> None:
        """Keep one result, on disk too."""
        row = {**row, "stamp": stamp(row["method"])}
        with self._path.open("a", encoding="utf-8") as file:
            # Two workers write to one file.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(row, sort_keys=True) + "\n")
        self.rows.append(row)
        self._known.add((row["id"], row["method"]))


@cache
def stamp(method: str) -> str:
    """Give the hash of the code that a method's results depend on."""
    seen = hashlib.blake2b(digest_size=8)
    for pattern in _CASES + _METHODS.get(method, ("policies/*.py",)):
        for path in sorted((ROOT / "benchmarks" / "defects").glob(pattern)):
            seen.update(path.read_bytes())
    return seen.hexdigest()
