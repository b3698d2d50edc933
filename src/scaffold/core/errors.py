"""Say what failed, where, and what to do about it."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a verb tells its caller; the same three numbers everywhere."""

    OK = 0
    FINDINGS = 1
    FAILED = 2


class ScaffoldError(Exception):
    """A failure with a known cause; the command line shows it without a traceback.

    Args:
        what: The failure in one clause, with the offending value in it.
        where: The file, option, answer or part that it is about.
        remedy: What the reader can do next.
    """

    def __init__(self, what: str, *, where: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}\n  try: {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy
