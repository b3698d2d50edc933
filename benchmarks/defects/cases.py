"""List every case, each proved in float64: a defect shows on some probe, a rewrite on none."""

from __future__ import annotations

import json
import math
import zlib
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.defects.architectures import every_pair
from benchmarks.defects.case import (
    HARMLESS,
    VISIBLE,
    Case,
    Kind,
    effect,
    planted,
    rewrites_of,
    untouched,
)
from benchmarks.defects.operators import EVERY
from benchmarks.defects.probes import real
from benchmarks.defects.results import stamp
from benchmarks.defects.split import Half, half
from benchmarks.defects.subjects import BUILD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.defects.operators.defect import Defect
    from benchmarks.defects.pair import Pair

SITES = 1
"""Places per defect and architecture; the first that shows, in the order of their hashes."""
TRIED = 4


def cases_of(
    pair: Pair, *, halves: tuple[Half, ...] = tuple(Half), one_in: int = 1
) -> tuple[list[Case], dict[str, dict[str, Any]]]:
    """Give the cases of an architecture, and what was measured of everything that was tried."""
    known = _kept(pair)
    before = len(known)

    def wanted(operator: str) -> bool:
        drawn = zlib.crc32(f"{pair.name}/{operator}".encode()) % one_in == 0
        return drawn and half(operator, pair.name) in halves

    found = list(_cases(pair, known, wanted))
    if len(known) > before:
        _keep(pair, known)
    return found, known


def named(name: str) -> Case:
    """Give one case by its id, measured or not."""
    of, operator, _ = name.split("/", 2)
    pair = next(pair for pair in every_pair() if pair.name == of)
    planting = (case for defect in EVERY if defect.id == operator for case in planted(pair, defect))
    every = (untouched(pair), *planting, *rewrites_of(pair, operator.__eq__))
    return next(case for case in every if case.id == name)


def _cases(pair: Pair, known: dict[str, dict[str, Any]], wanted: Any) -> Iterator[Case]:
    if wanted("nothing"):
        yield untouched(pair)
    for defect in EVERY:
        if wanted(defect.id):
            yield from _showing(pair, defect, known)
    for case in rewrites_of(pair, wanted):
        if _measured(case, known) <= HARMLESS:
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
    """Measure once how far a case moves the output; NaN when it is none."""
    if case.id not in known:
        known[case.id] = _measurement(case)
    found = known[case.id]["effect"]
    return math.nan if found is None else float(found)


def _measurement(case: Case) -> dict[str, Any]:
    try:
        far, probe = effect(case)
        if math.isinf(far) and case.kind is Kind.DEFECT:
            _runs(case)
    except Exception as error:
        # Nobody needs a tool to be told of a model that does not run on its own batch.
        return {"effect": None, "probe": "", "raised": f"{type(error).__name__}: {error}"[:200]}
    return {"effect": far, "probe": probe}


def _runs(case: Case) -> None:
    with torch.no_grad():
        case.candidate()(*real(case.pair))


def _kept(pair: Pair) -> dict[str, dict[str, Any]]:
    path = BUILD / "cases" / f"{pair.name}.json"
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return dict(kept["measured"]) if kept["stamp"] == stamp("cases") else {}


def _keep(pair: Pair, known: dict[str, dict[str, Any]]) -> None:
    path = BUILD / "cases" / f"{pair.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"stamp": stamp("cases"), "measured": known}, sort_keys=True, indent=1)
    path.write_text(text, encoding="utf-8")
