"""Measure what it costs to make a repository around a reference, and how that grows with its size.

    python -m benchmarks.around        every model, three times; writes docs/benchmarks/around.md

Needs the environment of `make zoo`.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks" / "around.md"
ROUNDS = 3
LIMIT_SECONDS, LIMIT_GIGABYTES = 60, 4
ALONE = "resnet50"
FAMILY = ("vit_tiny_patch16_224", "vit_small_patch16_224", "vit_medium_patch16_gap_240",
          "vit_base_patch16_224", "vit_large_patch16_224")  # fmt: skip
WATCHED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
HEAD = """\
# What it costs to make a repository around a reference

`scaffold new --defaults --reference timm:NAME`: the reference inspected, its twin found, every file
written, twin and full model recorded, the first commit made. Median of three, one at a time, on two
cores. Made by `make bench-around`.

| model | parameters | seconds | gigabytes at most |
| --- | --- | --- | --- |
"""


def made(name: str) -> tuple[float, float, int]:
    """Make one repository: seconds, gigabytes at most, parameters of the model."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "made"
        words = ["scaffold", "new", str(place), "--defaults", "--reference", f"timm:{name}"]
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", WATCHED, sys.executable, "-m", *words],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        seconds = time.monotonic() - began
        told = json.loads((place / "reference" / "blueprint.json").read_text(encoding="utf-8"))
        shutil.rmtree(place)
    return seconds, int(done.stdout) / 1e6, int(told["parameters"])


def measured(name: str) -> tuple[float, float, int]:
    """Make it several times: the median of the seconds, the most gigabytes."""
    rounds = [made(name) for _ in range(ROUNDS)]
    row = median(one[0] for one in rounds), max(one[1] for one in rounds), rounds[0][2]
    print(name, row, flush=True)
    return row


def slope(rows: list[tuple[float, float, int]]) -> float:
    """Fit the exponent with which the seconds grow with the parameters."""
    x, y = ([math.log(row[place]) for row in rows] for place in (2, 0))
    middle, height = sum(x) / len(x), sum(y) / len(y)
    pairs = zip(x, y, strict=True)
    return sum((a - middle) * (b - height) for a, b in pairs) / sum((a - middle) ** 2 for a in x)


def main() -> int:
    """Measure, write the page, and say whether it is within the limits."""
    rows = {name: measured(name) for name in (ALONE, *FAMILY)}
    family = [rows[name] for name in FAMILY]
    steps = [b[0] / a[0] / (b[2] / a[2]) for a, b in pairwise(family)]
    lines = [
        f"| {name} | {count:,} | {seconds:.1f} | {size:.2f} |"
        for name, (seconds, size, count) in rows.items()
    ]
    lines += [
        "",
        "From one size of the family to the next, seconds grow at most",
        f"{max(steps):.2f} times as fast as parameters; over all: power {slope(family):.2f}.",
    ]
    PAGE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    seconds, size, _ = rows[ALONE]
    return int(seconds > LIMIT_SECONDS or size > LIMIT_GIGABYTES or max(steps) > 1)


if __name__ == "__main__":
    sys.exit(main())
