"""Recognise the numbers that people write: 1e-5, 0.1, 64**-0.5, 1/255."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NEAR = 0.03
"""How far a solved number may be from a written one to be tried as it."""
_KNOWN = {
    "1/255": 1 / 255,
    "sqrt(2)": math.sqrt(2),
    "1/sqrt(2)": math.sqrt(0.5),
    "sqrt(2/pi)": math.sqrt(2 / math.pi),
    "1.702": 1.702,
    "255": 255.0,
}


def written(value: float, sizes: Iterable[int] = ()) -> list[tuple[str, float]]:
    """Return the numbers near a solved one that somebody would write, the plainest first."""
    if value == 0 or not math.isfinite(value):
        return []
    found: dict[str, float] = {}
    for digits in (1, 2, 3):
        rounded = float(f"{value:.{digits - 1}e}")
        found.setdefault(f"{rounded:g}", rounded)
    from_sizes: dict[str, float] = {}
    for size in sorted(sizes):
        from_sizes |= {
            f"{size}**-0.5": size**-0.5,
            f"{size}**0.5": size**0.5,
            f"1/{size}": 1 / size,
            f"{size}": float(size),
        }
    sign = -1 if value < 0 else 1
    for name, size_number in {**from_sizes, **_KNOWN}.items():
        found.setdefault(name if sign > 0 else f"-{name}", sign * size_number)
    near = [(n, v) for n, v in found.items() if abs(v - value) <= NEAR * abs(value)]
    return sorted(near, key=lambda pair: (round(math.log10(_miss(pair[1], value))), len(pair[0])))


def _miss(number: float, value: float) -> float:
    return max(abs(number - value) / abs(value), 1e-6)
