"""Run every method on every case, and write the table and the raw results.

python -m benchmarks.defects.run --workers 2       the draw that the page shows
python -m benchmarks.defects.run --only vit --methods scaffold --half calibration
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.defects.architectures import every_pair
from benchmarks.defects.cases import cases_of
from benchmarks.defects.memory import Peak
from benchmarks.defects.one import apart
from benchmarks.defects.ours import SCAFFOLD
from benchmarks.defects.policies import every_policy
from benchmarks.defects.policies.answer import Answer, Policy, Sides
from benchmarks.defects.results import ROOT, Results
from benchmarks.defects.split import Half, half, novelty
from benchmarks.defects.subjects import BUILD, bundle_of
from benchmarks.defects.table import page
from benchmarks.defects.training import run as training

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.defects.case import Case
    from benchmarks.defects.pair import Pair

PAGE = ROOT / "docs" / "benchmarks" / "defects.md"
RESULTS = BUILD / "results.jsonl"
DRAWN = 4
"""The page shows one couple of operator and architecture in so many, drawn by a hash."""

HALVES = {"every": tuple(Half), **{str(one): (one,) for one in Half}}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is run."""

    only: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    half: str = "every"
    one_in: int = DRAWN

    @property
    def restricted(self) -> str:
        """Say how this is less than the whole run; empty when it is not."""
        said = {
            "architectures": ", ".join(self.only),
            "methods": ", ".join(self.methods),
            "cases": "" if self.half == "every" else self.half,
            "drawn": "" if self.one_in <= DRAWN else f"one in {self.one_in}",
        }
        return "; ".join(f"{name}: {value}" for name, value in said.items() if value)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; what was run before with the same code is not run again."""
    given = _parser().parse_args(arguments)
    asked = Asked(
        only=tuple(given.only), methods=tuple(given.methods), half=given.half, one_in=given.one_in
    )
    rows = _every_row(asked, given.workers)
    (BUILD / "defects.json").write_text(
        json.dumps(rows, indent=1, sort_keys=True), encoding="utf-8"
    )
    text = page(rows, restricted=asked.restricted, drawn=asked.one_in)
    if not asked.restricted:
        text = f"{text}\n{training.page(training.every_row())}"
    print(text)
    if given.write or not asked.restricted:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


def _every_row(asked: Asked, workers: int) -> list[dict[str, Any]]:
    """Run architecture after architecture, the libraries' first since they take longest."""
    names = [pair.name for pair in every_pair() if not asked.only or pair.name in asked.only]
    names.sort(key=lambda name: "-" not in name)
    begun, wanted = time.monotonic(), set[tuple[str, str]]()
    if workers == 1:
        runs = (one_pair(name, asked) for name in names)
        for done in runs:
            wanted |= _told(done, wanted, begun)
    else:
        with ThreadPoolExecutor(workers) as pool:
            for done in as_completed([pool.submit(apart, name, asked) for name in names]):
                wanted |= _told(done.result(), wanted, begun)
    rows = [row for row in Results(RESULTS).rows if (row["id"], row["method"]) in wanted]
    return sorted(rows, key=lambda row: (row["method"], row["id"]))


def _told(
    done: set[tuple[str, str]], before: set[tuple[str, str]], begun: float
) -> set[tuple[str, str]]:
    name = next(iter(done))[0].partition("/")[0] if done else "nothing"
    count = len(before) + len(done)
    print(f"{name}: {count} answers, {time.monotonic() - begun:.0f} s", flush=True)
    return done


def one_pair(name: str, asked: Asked) -> set[tuple[str, str]]:
    """Run one architecture; gives which answers of which methods were asked for."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    pair = next(pair for pair in every_pair() if pair.name == name)
    methods = [
        method
        for method in (SCAFFOLD, *every_policy())
        if not asked.methods or method.name in asked.methods
    ]
    cases, _ = cases_of(pair, halves=HALVES[asked.half], one_in=asked.one_in)
    results, wanted = Results(RESULTS), set[tuple[str, str]]()
    for case in cases:
        sides = None
        for method in methods:
            if not method.asks(case):
                continue
            wanted.add((case.id, method.name))
            if results.has(case.id, method.name):
                continue
            if method is SCAFFOLD:
                _recorded(pair)
            sides = sides or Sides(case)
            results.add(result(case, method, sides))
    return wanted


_RECORDINGS: dict[str, float] = {}


def _recorded(pair: Pair) -> float:
    """Record theirs before the first case is timed; gives the seconds that it took."""
    if pair.name not in _RECORDINGS:
        begun = time.perf_counter()
        bundle_of(pair)
        _RECORDINGS[pair.name] = time.perf_counter() - begun
    return _RECORDINGS[pair.name]


def result(case: Case, method: Policy, sides: Sides) -> dict[str, Any]:
    """Ask one method about one case, and measure what it costs."""
    begun, peak = time.perf_counter(), Peak()
    shared = sides.seconds if method.live else 0.0
    try:
        said = method.answer(sides)
    except Exception as error:
        said = Answer(differs=False, refused=f"broke: {type(error).__name__}: {error}"[:300])
    return {
        "id": case.id,
        "method": method.name,
        "kind": str(case.kind),
        "operator": case.operator,
        "pair": case.pair.name,
        "rows": list(case.rows),
        "truth": list(case.truth),
        "planted": case.cause,
        "differs": said.differs,
        "places": list(said.places[:3]),
        "cause": said.cause,
        "cause_rows": list(said.cause_rows),
        "refused": said.refused,
        "notes": said.notes,
        "seconds": round(time.perf_counter() - begun + shared, 4),
        "megabytes": round(peak.megabytes(), 1),
        "recording": round(_RECORDINGS.get(case.pair.name, 0.0), 3),
        "half": str(half(case.operator, case.pair.name)),
        "novelty": str(novelty(case.operator, case.pair.name)),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="PAIR", help="these architectures alone"
    )
    parser.add_argument(
        "--one-in",
        type=int,
        default=DRAWN,
        metavar="N",
        help=f"one couple of operator and architecture in N ({DRAWN})",
    )
    parser.add_argument(
        "--methods", nargs="*", default=[], metavar="METHOD", help="these methods alone"
    )
    parser.add_argument("--half", choices=list(HALVES), default="every")
    parser.add_argument("--workers", type=int, default=1, help="processes (1)")
    parser.add_argument(
        "--write", action="store_true", help="write the page of a restricted run too"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
