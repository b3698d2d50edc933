"""Put one folder in the place of another in a single step."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, cast

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def exchange(one: Path, other: Path) -> None:
    """Swap two folders of one file system; no moment exists at which either is absent."""
    rename = _renameat2()
    if rename is None or rename(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE
    ):
        raise ScaffoldError(
            "two folders cannot be swapped in one step on this system",
            where=str(other),
            remedy="generate into a new folder and copy from it what you want",
        )


@cache
def _renameat2() -> Callable[..., int] | None:
    import ctypes  # noqa: PLC0415 - only --force pays for it

    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is not None:
        function.argtypes = [
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_uint,
        ]
    return cast("Callable[..., int] | None", function)
