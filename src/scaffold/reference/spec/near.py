"""Name what is nearly the same as what was asked for."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 5
_CLOSE = 0.6


def near(name: str, names: Iterable[str], *, shown: int = _SHOWN) -> list[str]:
    """Give the names that are close to one, the closest first; upper case counts as lower."""
    known: dict[str, str] = {}
    for one in names:
        known.setdefault(one.lower(), one)
    low = name.lower()
    close = get_close_matches(low, known, n=shown, cutoff=_CLOSE)
    longer = sorted(
        (one for one in known if low in one and one not in close), key=lambda one: (len(one), one)
    )
    return [known[one] for one in [*close, *longer][:shown]] if low else []


def did_you_mean(name: str, names: Iterable[str], *, otherwise: str) -> str:
    """Write a remedy: the near names, or what to do where there are none."""
    close = near(name, names)
    return f"did you mean {' or '.join(close)}?" if close else otherwise
