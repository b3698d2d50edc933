"""Run every method on every case, and write the table and the raw results.

python -m benchmarks.defects.run            everything that can be built here
python -m benchmarks.defects.run --only vit --methods scaffold
"""

from __future__ import annotations

import argparse
import json
import resource
import time
import warnings
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.defects.cases import every_case
from benchmarks.defects.ours import SCAFFOLD
from benchmarks.defects.policies import every_policy
from benchmarks.defects.policies.answer import Answer, Policy, Sides
from benchmarks.defects.results import ROOT, Results
from benchmarks.defects.split import scored
from benchmarks.defects.subjects import BUILD
from benchmarks.defects.table import page
from benchmarks.defects.training import run as training

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.defects.case import Case

PAGE = ROOT / "docs" / "benchmarks" / "defects.md"
EVERY = 50
"""A line of progress after so many cases."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; what was run before with the same code is not run again."""
    asked = _parser().parse_args(arguments)
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    methods = [
        method
        for method in (SCAFFOLD, *every_policy())
        if not asked.methods or method.name in asked.methods
    ]
    cases, measured = every_case(only=tuple(asked.only), one_in=asked.one_in)
    results = Results(BUILD / "results.jsonl")
    half = scored(cases)
    wanted = [
        case
        for case in cases
        if asked.half == "both" or (case.id in half) == (asked.half == "scored")
    ]
    _run(wanted, methods, results, half)
    names = {case.id for case in cases}
    rows = sorted(
        (row for row in results.rows if row["id"] in names),
        key=lambda row: (row["method"], row["id"]),
    )
    for row in rows:
        row["scored"] = row["id"] in half
    (BUILD / "defects.json").write_text(
        json.dumps({"cases": measured, "results": rows}, indent=1, sort_keys=True), encoding="utf-8"
    )
    text = page(rows, cases)
    if not asked.only and not asked.methods:
        text = f"{text}\n{training.page(training.every_row())}"
    print(text)
    whole = not asked.only and not asked.methods and asked.half == "both" and asked.one_in == 1
    if whole:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


def _run(
    cases: list[Case], methods: Iterable[Policy], results: Results, half: frozenset[str]
) -> None:
    begun = time.monotonic()
    for number, case in enumerate(cases, start=1):
        sides = None
        for method in methods:
            if not method.asks(case) or results.has(case.id, method.name):
                continue
            sides = sides or Sides(case)
            results.add(_result(case, method, sides, half))
        if number % EVERY == 0 or number == len(cases):
            print(f"{number} of {len(cases)} cases, {time.monotonic() - begun:.0f} s", flush=True)


def _result(case: Case, method: Policy, sides: Sides, half: frozenset[str]) -> dict[str, Any]:
    begun = time.perf_counter()
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
        "seconds": round(time.perf_counter() - begun, 4),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "scored": case.id in half,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="PAIR", help="these architectures alone"
    )
    parser.add_argument(
        "--one-in", type=int, default=1, metavar="N", help="every Nth operator of each"
    )
    parser.add_argument(
        "--methods", nargs="*", default=[], metavar="METHOD", help="these methods alone"
    )
    parser.add_argument("--half", choices=["calibration", "scored", "both"], default="both")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
