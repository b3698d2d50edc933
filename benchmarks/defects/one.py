"""Run one architecture in a process of its own, started from a shell's point of view.

A child that `multiprocessing` starts is refused by a peer that records; this one is nobody's child.
Prints, as JSON, which answers of which methods were asked for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.defects.run import Asked


def apart(name: str, asked: Asked) -> set[tuple[str, str]]:
    """Run an architecture in a new interpreter."""
    words = [sys.executable, "-m", "benchmarks.defects.one", name, json.dumps(asdict(asked))]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    return {(case, method) for case, method in json.loads(done.stdout.splitlines()[-1])}


def main(name: str, asked: str) -> None:
    """Do it here."""
    from benchmarks.defects.run import Asked, one_pair

    given = {key: tuple(value) if isinstance(value, list) else value
             for key, value in json.loads(asked).items()}  # fmt: skip
    print(json.dumps(sorted(one_pair(name, Asked(**given)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
