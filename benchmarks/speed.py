"""Measure the command line beside its neighbours, in paired and alternating runs.

Each pair runs both commands right after another, and the order changes from pair to pair, so that
whatever else the machine does strikes both. The figure is the median of the pairs' ratios. The
exit code is 1 when a limit is missed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

BIN = Path(sys.executable).parent
HOUSE = Path(__file__).resolve().parent.parent / "templates" / "reengineering"


@dataclass(frozen=True)
class Pair:
    """Two commands, and how much longer the first may take."""

    name: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    limit: float
    rounds: int


def main() -> int:
    """Measure every pair and print one line for each."""
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        pairs = (
            Pair(
                "scaffold --version : python -c 'import typer, rich'",
                (str(BIN / "scaffold"), "--version"),
                (sys.executable, "-c", "import typer, rich"),
                limit=1.5,
                rounds=21,
            ),
            Pair(
                "scaffold new --defaults : copier copy --defaults",
                (str(BIN / "scaffold"), "new", "out", "--defaults"),
                (str(BIN / "copier"), "copy", "--defaults", "--quiet", str(HOUSE), "out"),
                limit=1.4,
                rounds=15,
            ),
        )
        missed = [pair.name for pair in pairs if not _report(pair, Path(folder))]
    for name in missed:
        print(f"missed: {name}")
    return 1 if missed else 0


def _report(pair: Pair, folder: Path) -> bool:
    for command in (pair.ours, pair.theirs):
        _seconds(command, folder)  # the first run fills the caches of the disk
    ours, theirs = [], []
    for number in range(pair.rounds):
        order = (pair.ours, pair.theirs) if number % 2 else (pair.theirs, pair.ours)
        for command in order:
            (ours if command is pair.ours else theirs).append(_seconds(command, folder))
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    print(
        f"{pair.name}\n"
        f"  {median(ours):.3f} s : {median(theirs):.3f} s, ratio {ratio:.2f} "
        f"(limit {pair.limit}, {pair.rounds} pairs)"
    )
    return ratio <= pair.limit


def _seconds(command: tuple[str, ...], folder: Path) -> float:
    """Run a command in an empty folder; what it makes is removed outside of the time."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - start
    shutil.rmtree(folder / "out", ignore_errors=True)
    return taken


if __name__ == "__main__":
    sys.exit(main())
