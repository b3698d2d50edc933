"""Write the numbers that JSON has no word for, and read them back."""

from __future__ import annotations

import math

_ODD_FLOATS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def written(number: float | None) -> float | str | None:
    """Give a number as JSON can hold it: the three odd ones stand as text."""
    return number if number is None or math.isfinite(number) else str(number)


def read(number: float | str) -> float:
    """Read what `written` gave."""
    return _ODD_FLOATS[number] if isinstance(number, str) else float(number)


def read_or_none(number: float | str | None) -> float | None:
    """Read what `written` gave, where there may be nothing."""
    return None if number is None else read(number)
