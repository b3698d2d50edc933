"""Measure how far one answer raises the memory of this process, or of one that it starts."""

from __future__ import annotations

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""What Linux wants to hear before it forgets the highest mark."""


class Peak:
    """The highest mark since this was made, above what was in use then."""

    def __init__(self) -> None:
        self._busy = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        try:
            _CLEAR.write_text(_RESET_PEAK, encoding="ascii")
            self._before = _kilobytes("VmRSS")
        except OSError:
            self._before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def megabytes(self) -> float:
        """Give the growth of this process; where it started others, the largest of those so far."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        if children.ru_utime > self._busy:
            return children.ru_maxrss / 1024
        try:
            highest = _kilobytes("VmHWM")
        except OSError:
            highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return max(0, highest - self._before) / 1024


def _kilobytes(name: str) -> int:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise OSError(name)
