"""Measure what checking costs: a fresh repository beside sp-repo-review, and many files.

python benchmarks/checking.py --theirs build/bench/.updates/bin

Each pair runs both commands right after another, the order changing from pair to pair.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PAGE = ROOT / "docs" / "benchmarks" / "checking.md"
ROUNDS = 15
SIZES = (625, 1250, 2500, 5000)
MODULE = '''"""Layer {n}."""

import torch
from torch import nn


class Layer{n}(nn.Module):
    """Map B D to B D."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.linear = nn.Linear(width, width, bias=True)

    def forward(self, x_BD: torch.Tensor) -> torch.Tensor:
        """Normalise, then map."""
        return self.linear(self.norm(x_BD)) + {n}
'''


def seconds(words: list[str], folder: Path) -> float:
    """Time one command from a cold start."""
    begun = time.perf_counter()
    subprocess.run(words, cwd=folder, capture_output=True, check=False)
    return time.perf_counter() - begun


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--theirs", type=Path, required=True, help="bin folder of sp-repo-review")
    theirs = parser.parse_args().theirs.resolve()
    with tempfile.TemporaryDirectory(prefix="checking-") as place:
        fresh = Path(place) / "fresh"
        subprocess.run(
            [BIN / "scaffold", "new", fresh, "--defaults"], check=True, capture_output=True
        )
        own = [str(BIN / "scaffold"), "check"]
        other = [str(theirs / "repo-review"), "."]
        pairs = []
        for number in range(ROUNDS):
            order = (own, other) if number % 2 else (other, own)
            timed = {id(words): seconds(words, fresh) for words in order}
            pairs.append((timed[id(own)], timed[id(other)]))
        rules = _count([*own, "--format", "json"], fresh, "rules")
        checks = _count([*other, "--format", "json"], fresh, "checks")
        grown = [(size, median(_many(Path(place), size, own))) for size in SIZES]
    text = _page(pairs, rules, checks, grown)
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def _count(words: list[str], folder: Path, key: str) -> int:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)[key]
    return (
        found
        if isinstance(found, int)
        else sum(one["result"] is not None for one in found.values())
    )


def _many(place: Path, size: int, words: list[str]) -> list[float]:
    """Time a repository of so many files, modules of a package and pages in turn."""
    root = place / f"many-{size}"
    for number in range(size):
        folder = root / "src" / "net" / f"p{number // 50}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"m{number}.py").write_text(MODULE.format(n=number), encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "add", "."], check=True)
    return [seconds(words, root) for _ in range(3)]


def _page(
    pairs: list[tuple[float, float]], rules: int, checks: int, grown: list[tuple[int, float]]
) -> str:
    own, other = (median(side) for side in zip(*pairs, strict=True))
    per = median((a / rules) / (b / checks) for a, b in pairs)
    rows = "\n".join(
        f"| {size:,} | {spent:.2f} | {1000 * spent / size:.2f} |" for size, spent in grown
    )
    return f"""# What checking costs

A fresh repository, checked from a cold start, in turn with sp-repo-review on the same repository
({len(pairs)} pairs, {os.cpu_count()} cores). Made by `make bench-checking`.

| tool | rules evaluated | seconds (median) | milliseconds a rule |
| --- | --- | --- | --- |
| scaffold check | {rules} | {own:.2f} | {1000 * own / rules:.2f} |
| sp-repo-review | {checks} | {other:.2f} | {1000 * other / checks:.2f} |

Per rule ours takes {per:.2f} times theirs (median of the pairs).

Repositories of nothing but modules of a package:

| files | seconds | milliseconds a file |
| --- | --- | --- |
{rows}
"""


if __name__ == "__main__":
    main()
