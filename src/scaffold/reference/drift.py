"""Say what changed between two recordings of one reference: nothing, rounding, or the model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scaffold.core.comparison import Verdict
from scaffold.reference import fulldrift

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.golden import Bundle

DERIVED = frozenset({"sensitivity", "layouts"})
"""Tables that say what the goldens can see or how they lay, and not what the reference gives."""

UNIT = float(np.finfo(np.float32).eps) / 2
"""Unit round-off of float32, in which references compute."""

LIMIT = 256.0
"""How many roundings of a tensor's norm two runs of one program may be apart.

Two builds of one program sum in another order, and what they lose grows through the layers. The
default reference, recorded on one thread and on two, and with AVX-512, AVX2 and no vector unit
(torch 2.13), was at most 36 apart outside of training steps.
"""
FACTOR = 8.0
"""How many times further than its measured unrest a golden of the training steps may be.

The same recordings were at most 1.2 times the largest of three measured distances apart.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """The difference between an old and a new recording."""

    verdict: Verdict
    """`equal`, `rounding` or `different`."""
    changed: tuple[str, ...] = ()
    """What is beyond rounding, worst first, each with how far."""
    largest: float = 0.0
    """The largest distance within rounding, as a share of what rounding explains."""
    environment: tuple[str, ...] = ()
    """What the two manifests say differently about where the goldens come from."""


def between(old: Bundle, new: Bundle, unrest: Mapping[str, float] | None = None) -> Drift:
    """Compare two recordings, golden by golden.

    Args:
        old: The recording that is there.
        new: The recording that was made now.
        unrest: Per golden, how far rounding alone moves it, in roundings, where that was measured.
    """
    before = {entry.id: entry for entry in old.entries if entry.role not in fulldrift.ROLES}
    after = {entry.id: entry for entry in new.entries if entry.role not in fulldrift.ROLES}
    seen, now = fulldrift.sketches_by_name(old), fulldrift.sketches_by_name(new)
    distances = {
        name: apart(old.array(before[name]), new.array(after[name]))
        for name in before
        if name in after and before[name].hash != after[name].hash
    }
    distances |= {
        name: fulldrift.sketched_apart(seen[name], now[name], UNIT)
        for name in seen
        if name in now and not seen[name].same(now[name])
    }
    limits = {name: max(LIMIT, FACTOR * (unrest or {}).get(name, 0.0)) for name in distances}
    beyond = sorted(
        (name for name, value in distances.items() if not value <= limits[name]),
        key=lambda name: -distances[name],
    )
    changed = (
        *(f"{name} is gone" for name in (*before, *seen) if name not in after | now),
        *(f"{name} is new" for name in (*after, *now) if name not in before | seen),
        *(f"table {name} differs" for name in _tables_that_differ(old.tables, new.tables)),
        *(f"{name} by {distances[name]:.3g} roundings" for name in beyond),
    )
    within = [distances[name] / limits[name] for name in distances if name not in beyond]
    return Drift(
        verdict=Verdict.DIFFERENT if changed else _same(distances),
        changed=changed,
        largest=max(within, default=0.0),
        environment=tuple(_environment(old.provenance, new.provenance)),
    )


def _same(distances: Mapping[str, float]) -> Verdict:
    return Verdict.ROUNDING if distances else Verdict.EQUAL


def apart(old: np.ndarray, new: np.ndarray) -> float:
    """Give the distance of two tensors in roundings of the old one; infinite when not numbers."""
    if (old.dtype, old.shape) != (new.dtype, new.shape) or old.dtype.kind != "f":
        return math.inf
    finite = np.isfinite(old)
    same_places = np.array_equal(finite, np.isfinite(new))
    if not same_places or not np.array_equal(old[~finite], new[~finite], equal_nan=True):
        return math.inf
    exact = old[finite].astype(np.float64)
    gap = float(np.linalg.norm(new[finite].astype(np.float64) - exact))
    size = float(np.linalg.norm(exact))
    return gap / (UNIT * size) if size else math.inf


def _tables_that_differ(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    names = sorted({*old, *new} - DERIVED - fulldrift.TABLES)
    return (name for name in names if _told(old.get(name)) != _told(new.get(name)))


def _told(table: Any) -> Any:  # noqa: ANN401 - a table is whatever JSON holds
    """Leave out where the code of a part stands: another version of a package has other lines."""
    if isinstance(table, list):
        return [_told(row) for row in table]
    if isinstance(table, dict):
        return {key: value for key, value in table.items() if key != "source"}
    return table


def _environment(old: Mapping[str, Any], new: Mapping[str, Any], at: str = "") -> Iterable[str]:
    for name in sorted({*old, *new} - {"updates"}):
        before, after = old.get(name), new.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _environment(before, after, f"{at}{name}.")
        elif before != after:
            yield f"{at}{name}: {before} -> {after}"
