"""List every case, each proved in float64: a defect shows on some probe, a rewrite on none."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from benchmarks.defects.architectures import every_pair
from benchmarks.defects.case import HARMLESS, VISIBLE, Case, effect, planted, rewrites_of, untouched
from benchmarks.defects.operators import DEFECTS
from benchmarks.defects.results import stamp
from benchmarks.defects.subjects import BUILD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.defects.operators.defect import Defect
    from benchmarks.defects.pair import Pair

SITES = 1
"""Places per defect and architecture; the first that shows, in the order of their hashes."""
TRIED = 4


def every_case(
    *, only: tuple[str, ...] = (), one_in: int = 1
) -> tuple[list[Case], dict[str, dict[str, Any]]]:
    """Give the cases of some architectures or of all, and what was measured of everything tried."""
    cases: list[Case] = []
    measured: dict[str, dict[str, Any]] = {}
    for pair in every_pair():
        if only and pair.name not in only:
            continue
        known = _kept(pair)
        cases += _cases(pair, known, one_in)
        _keep(pair, known)
        measured.update(known)
        print(f"{pair.name}: {sum(case.pair is pair for case in cases)} cases", flush=True)
    return cases, measured


def named(name: str) -> Case:
    """Give one case by its id, measured or not."""
    of, operator, _ = name.split("/", 2)
    pair = next(pair for pair in every_pair() if pair.name == of)
    planting = (
        case for defect in DEFECTS if defect.id == operator for case in planted(pair, defect)
    )
    every = (untouched(pair), *planting, *rewrites_of(pair))
    return next(case for case in every if case.id == name)


def _cases(pair: Pair, known: dict[str, dict[str, Any]], one_in: int) -> Iterator[Case]:
    def drawn(operator: str) -> bool:
        return zlib.crc32(f"{pair.name}/{operator}".encode()) % one_in == 0

    yield untouched(pair)
    for defect in DEFECTS:
        if drawn(defect.id):
            yield from _showing(pair, defect, known)
    for case in rewrites_of(pair):
        if drawn(case.operator) and _measured(case, known) <= HARMLESS:
            yield case


def _showing(pair: Pair, defect: Defect, known: dict[str, dict[str, Any]]) -> Iterator[Case]:
    shown = 0
    for turn, case in enumerate(planted(pair, defect)):
        if turn == TRIED or shown == SITES:
            return
        if _measured(case, known) > VISIBLE:
            shown += 1
            yield case


def _measured(case: Case, known: dict[str, dict[str, Any]]) -> float:
    if case.id not in known:
        far, probe = effect(case)
        known[case.id] = {"effect": far, "probe": probe}
    return float(known[case.id]["effect"])


def _kept(pair: Pair) -> dict[str, dict[str, Any]]:
    path = BUILD / "cases" / f"{pair.name}.json"
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return kept["measured"] if kept["stamp"] == stamp("cases") else {}


def _keep(pair: Pair, known: dict[str, dict[str, Any]]) -> None:
    path = BUILD / "cases" / f"{pair.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"stamp": stamp("cases"), "measured": known}, sort_keys=True, indent=1)
    path.write_text(text, encoding="utf-8")
