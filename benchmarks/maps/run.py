"""Find maps between independent implementations, and count what is right, refused, or wrong.

python -m benchmarks.maps.run                  every pair; writes docs/benchmarks/maps.md
python -m benchmarks.maps.run --only swin      the pairs whose name has this word; prints alone
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import tempfile
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import torch

from benchmarks.maps import check, table
from benchmarks.maps.shuffled import Shuffled
from scaffold.parity.mapping import State, find
from scaffold.reference import record
from scaffold.trace.isolation import Isolation
from scaffold.trace.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.maps.pair import Pair
    from benchmarks.maps.table import Row

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "bench" / "maps"
PAGE = ROOT / "docs" / "benchmarks" / "maps.md"
_CURRENT = "benchmarks_maps_current"
_ADAPTER = f"""
import sys
import torch


def build(size="twin"):
    return sys.modules["{_CURRENT}"].pair.theirs()


def example_batch():
    return sys.modules["{_CURRENT}"].pair.batch(), torch.zeros(1)
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one pair."""

    name: str
    kind: str
    state: str
    verdict: str
    operators: str
    said: str
    distance: float | None
    seconds: float
    trials: int


def every_pair() -> Iterator[Pair]:
    """Give the pairs, then some of them with names shuffled and layers nested otherwise."""
    from benchmarks.maps import language, vision

    same = (*vision.SAME, *language.SAME)
    yield from same
    for pair in same:
        if pair.name in BOTH_WAYS:
            yield pair.turned()
    for pair in same:
        if pair.name in SHUFFLED:
            yield _shuffled(pair)
    yield from vision.OTHER


BOTH_WAYS = (
    "torchvision vit in timm",
    "torchvision swin in timm",
    "timm vit in transformers",
    "timm convnext in transformers",
)
SHUFFLED = (
    "torchvision vit in timm",
    "torchvision resnet in timm",
    "torchvision convnext in timm",
    "timm swin in transformers",
    "transformers GPT-2 in GPT-BigCode",
)


def _shuffled(pair: Pair) -> Pair:
    from benchmarks.maps.pair import Pair as Made

    return Made(
        f"{pair.name}, shuffled",
        pair.theirs,
        lambda: Shuffled(pair.ours()),
        pair.batch,
        kind="shuffled",
    )


def measured(pair: Pair, folder: Path) -> Result:
    """Record theirs, find the map, and check it with what it never saw."""
    shown = sys.modules.setdefault(_CURRENT, ModuleType(_CURRENT))
    shown.pair = pair  # type: ignore[attr-defined]
    (folder / "adapter.py").write_text(_ADAPTER, encoding="utf-8")
    bundle = record(folder / "adapter.py", folder / "goldens")
    candidate = ModuleType("candidate")
    candidate.build = lambda size="twin": pair.ours()  # type: ignore[attr-defined]
    begun = time.perf_counter()
    found = find(bundle, Subject(folder / "candidate.py", candidate, Isolation(folder)))
    seconds = time.perf_counter() - begun
    distance = None
    if found.state is State.PROVED:
        file = folder / "weights.map.toml"
        file.write_text(found.text, encoding="utf-8")
        distance = check.distance(pair, file)
    said = f"{found.refused[0].what}: {found.refused[0].why}" if found.refused else ""
    said = said or "; ".join(", ".join(group) for group in found.ambiguous)
    return Result(
        name=pair.name,
        kind=pair.kind,
        state=found.state.value,
        verdict=_verdict(pair, found.state, said, distance),
        operators=", ".join(f"{count} {name}" for name, count in found.by_operator.items()),
        said=said,
        distance=distance,
        seconds=seconds,
        trials=found.trials,
    )


def _verdict(pair: Pair, state: State, said: str, distance: float | None) -> str:
    if distance is not None:
        return "right" if distance < check.LIMIT and not pair.differs else "silently wrong"
    if pair.differs:
        named = any(word.lower() in said.lower() for word in pair.differs)
        return "refused, difference named" if named else "refused, without the difference"
    return "refused" if state is State.REFUSED else "ambiguous"


def stored(name: str) -> Path:
    """Give where the result of a pair is kept, by a hash of the code that gave it."""
    code = hashlib.blake2b(digest_size=6)
    for folder in (ROOT / "src" / "scaffold" / "parity" / "mapping", ROOT / "benchmarks" / "maps"):
        for file in sorted(folder.glob("*.py")):
            if file.name not in {"table.py", "run.py", "words.py", "place.py"}:
                code.update(file.read_bytes())
    return RESULTS / code.hexdigest() / f"{re.sub('[^a-z0-9]+', '-', name.lower())}.json"


def _asked(pair: Pair) -> Row:
    """Give the result of a pair, measured now or before."""
    file = stored(pair.name)
    if not file.exists():
        folder = Path(tempfile.mkdtemp())
        try:
            result = measured(pair, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(result)), encoding="utf-8")
    row: Row = json.loads(file.read_text(encoding="utf-8"))
    return row


def _write_page() -> None:
    """Write every result that there is, and which pairs have none."""
    files = {pair.name: stored(pair.name) for pair in every_pair()}
    there = [
        json.loads(file.read_text(encoding="utf-8")) for file in files.values() if file.exists()
    ]
    missing = [name for name, file in files.items() if not file.exists()]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(table.page(there, missing), encoding="utf-8")


def main() -> None:
    """Run the pairs and write the page."""
    parser = argparse.ArgumentParser(description="Measure how weight maps are found.")
    parser.add_argument("--only", action="append", default=[], help="pairs with this word alone")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    rows = []
    for pair in every_pair():
        if not asked.only or any(word in pair.name for word in asked.only):
            rows.append(_asked(pair))
            print(table.line(rows[-1]), flush=True)
    _write_page()
    print(table.summary(rows))
    sys.exit(any(row["verdict"] == "silently wrong" for row in rows))


if __name__ == "__main__":
    main()
