"""Make and try the repositories of the zoo.

    python -m benchmarks.zoo.run [--only WORD ...] [--again] [--workers N]

Needs the environment of `make zoo`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.zoo.models import ZOO
from benchmarks.zoo.page import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zoo.models import Entry

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "zoo"
RESULTS = PLACE / "results.jsonl"
PAGE = ROOT / "docs" / "benchmarks" / "zoo.md"
PATIENCE = 1200
ENOUGH = 0.95
STYLE = (
    ["ruff", "check", "--no-cache"],
    ["ruff", "format", "--check", "--no-cache"],
    ["mypy", f"--cache-dir={PLACE / 'mypy'}"],
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try what is asked for, and print what came out of all that was tried."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args(arguments)
    PLACE.mkdir(parents=True, exist_ok=True)
    known = {} if asked.again or not RESULTS.is_file() else _known()
    wanted = [one for one in ZOO if not asked.only or any(w in one.name for w in asked.only)]
    with ThreadPoolExecutor(asked.workers) as pool:
        for row in pool.map(tried, (one for one in wanted if one.name not in known)):
            known[row["name"]] = row
            print(json.dumps(row), flush=True)
            with RESULTS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
    if {one.name for one in ZOO} <= known.keys():
        PAGE.write_text(page([(one, known[one.name]) for one in ZOO]), encoding="utf-8")
    good = sum(row["passes"] for row in known.values())
    print(f"{good} of {len(known)} pass everything")
    return 0 if good >= ENOUGH * len(known) else 1


def _known() -> dict[str, dict[str, Any]]:
    rows = map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())
    return {row["name"]: row for row in rows}


def tried(entry: Entry) -> dict[str, Any]:
    """Make one repository and run its suite; the row tells where it stopped, and why."""
    folder = PLACE / entry.name
    shutil.rmtree(folder, ignore_errors=True)
    words = [word for one in entry.arguments for word in ("--argument", one)]
    began = time.monotonic()
    made = _run(["scaffold", "new", str(folder), "--defaults", "--reference", entry.spec, *words])
    row: dict[str, Any] = {
        "name": entry.name,
        "spec": entry.spec,
        "made": made.returncode == 0,
        "seconds": round(time.monotonic() - began, 1),
        "passes": False,
    }
    if made.returncode:
        return row | {"why": _last(made.stderr)}
    style = [_run(words, folder) for words in STYLE]
    tests = _run(["pytest", "-q", "-p", "no:cacheprovider"], folder)
    found = re.search(r"parity: (\d+) of (\d+) items agree", tests.stdout)
    wrong = [one.stdout for one in (*style, tests) if one.returncode]
    return row | {
        "passes": not wrong,
        "items": found.groups() if found else None,
        "kilobytes": sum(f.stat().st_size for f in (folder / "goldens").rglob("*.*")) // 1000,
        "why": _last(wrong[0]) if wrong else "",
    }


def _run(words: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(ROOT / "src"), str(folder / "src")])
    try:
        return subprocess.run(
            [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True,
            check=False, timeout=PATIENCE, env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 124, "", f"took more than {PATIENCE} s")


def _last(text: str) -> str:
    """Give the lines that tell what failed."""
    lines = [line for line in text.splitlines() if line.startswith(("scaffold:", "FAILED", "E  "))]
    return " | ".join((lines or text.splitlines())[:3])[:600]


if __name__ == "__main__":
    sys.exit(main())
