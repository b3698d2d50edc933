"""Say what changed between two recordings of one reference: nothing, rounding, or the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scaffold.core.comparison import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.golden import Bundle, Entry

UNIT = float(np.finfo(np.float32).eps) / 2
"""Unit round-off of float32, in which references compute."""

LIMIT = 256.0
"""How many roundings of a tensor's norm two runs of one program may be apart.

Two builds of one program sum in another order, and what they lose grows through the layers; a
wrong constant stands out on at least one probe by far more.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """The difference between an old and a new recording."""

    verdict: Verdict
    """`equal`, `rounding` or `different`."""
    changed: tuple[str, ...] = ()
    """What is beyond rounding, worst first, each with how far."""
    largest: float = 0.0
    """The largest distance within rounding, in roundings."""
    environment: tuple[str, ...] = ()
    """What the two manifests say differently about where the goldens come from."""


def between(old: Bundle, new: Bundle) -> Drift:
    """Compare two recordings, golden by golden."""
    before = {entry.id: entry for entry in old.entries}
    after = {entry.id: entry for entry in new.entries}
    gone = [f"{name} is gone" for name in before if name not in after]
    added = [f"{name} is new" for name in after if name not in before]
    tables = [f"table {name} differs" for name in _tables_that_differ(old.tables, new.tables)]
    apart = {
        name: _distance(old, before[name], new, after[name])
        for name in before
        if name in after and before[name].hash != after[name].hash
    }
    beyond = sorted((name for name in apart if not apart[name] <= LIMIT), key=lambda n: -apart[n])
    changed = (
        *gone,
        *added,
        *tables,
        *(f"{name} by {apart[name]:.3g} roundings" for name in beyond),
    )
    word = Verdict.ROUNDING if apart else Verdict.EQUAL
    return Drift(
        verdict=Verdict.DIFFERENT if changed else word,
        changed=changed,
        largest=max((value for value in apart.values() if value <= LIMIT), default=0.0),
        environment=tuple(_environment(old.provenance, new.provenance)),
    )


def _distance(old: Bundle, before: Entry, new: Bundle, after: Entry) -> float:
    """Give the distance of two tensors in roundings of the old one; infinite when not numbers."""
    if (before.dtype, before.shape) != (after.dtype, after.shape):
        return float("inf")
    left, right = old.array(before), new.array(after)
    if left.dtype.kind != "f":
        return float("inf")
    finite = np.isfinite(left)
    same_places = np.array_equal(finite, np.isfinite(right))
    if not same_places or not np.array_equal(left[~finite], right[~finite], equal_nan=True):
        return float("inf")
    exact = left[finite].astype(np.float64)
    gap = float(np.linalg.norm(right[finite].astype(np.float64) - exact))
    size = float(np.linalg.norm(exact))
    return gap / (UNIT * size) if size else float("inf")


def _tables_that_differ(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    return (name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def _environment(old: Mapping[str, Any], new: Mapping[str, Any], at: str = "") -> Iterable[str]:
    for name in sorted({*old, *new} - {"updates"}):
        before, after = old.get(name), new.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _environment(before, after, f"{at}{name}.")
        elif before != after:
            yield f"{at}{name}: {before} -> {after}"
