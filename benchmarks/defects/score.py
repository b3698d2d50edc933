"""Count what a method got right, with intervals."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.defects.causes import cause_is_right

if TYPE_CHECKING:
    from collections.abc import Iterable

Z = 1.959963984540054
"""Quantile of the normal distribution for 95 %."""

TOP = 3


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, with its Wilson interval."""

    hits: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        if not self.of:
            return 0.0, 1.0
        n, p = self.of, self.hits / self.of
        centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, centre - half), min(1.0, centre + half)

    def __str__(self) -> str:
        if not self.of:
            return "-"
        low, high = self.interval
        return f"{100 * self.hits / self.of:.1f} % ({100 * low:.1f}-{100 * high:.1f})"


@dataclass(frozen=True, slots=True)
class Spread:
    """A median, with the fifth and the ninety-fifth hundredth."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Read the three off sorted values; of nothing they are zero."""
        found = sorted(values)
        if not found:
            return cls(0.0, 0.0, 0.0)
        last = len(found) - 1
        return cls(found[round(0.05 * last)], median(found), found[round(0.95 * last)])

    def said(self, digits: int) -> str:
        """Write the median, and the others in brackets."""
        return f"{self.middle:.{digits}f} ({self.low:.{digits}f}-{self.high:.{digits}f})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """One method over one set of cases."""

    method: str
    cases: int
    detected: Share
    exact: Share
    """Of all defects, not only of those that were detected."""
    top: Share
    cause_right: Share
    cause_wrong: Share
    false_alarms: Share
    refused: Share
    seconds: Spread
    megabytes: Spread


def scores(rows: Iterable[dict[str, Any]]) -> tuple[Score, ...]:
    """Score every method over the rows of results that are given."""
    by_method: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_method[row["method"]].append(row)
    return tuple(score(method, found) for method, found in by_method.items())


def score(method: str, rows: list[dict[str, Any]]) -> Score:
    """Score one method over rows of its results."""
    defects = [row for row in rows if row["kind"] == "defect"]
    harmless = [row for row in rows if row["kind"] != "defect"]
    caught = [row for row in defects if row["differs"]]
    named = [row for row in caught if row["cause"]]
    return Score(
        method=method,
        cases=len(rows),
        detected=Share(len(caught), len(defects)),
        exact=Share(sum(found_at(row, 1) for row in caught), len(defects)),
        top=Share(sum(found_at(row, TOP) for row in caught), len(defects)),
        cause_right=Share(sum(map(cause_is_right, named)), len(defects)),
        cause_wrong=Share(sum(not cause_is_right(row) for row in named), len(defects)),
        false_alarms=Share(sum(row["differs"] for row in harmless), len(harmless)),
        refused=Share(sum(bool(row["refused"]) for row in rows), len(rows)),
        seconds=Spread.of(row["seconds"] for row in rows),
        megabytes=Spread.of(row["megabytes"] for row in rows),
    )


def found_at(row: dict[str, Any], depth: int) -> bool:
    """Whether one of the first places is a right one."""
    return any(place in row["truth"] for place in row["places"][:depth])
