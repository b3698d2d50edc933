"""Have a private folder to work in, which nobody has to clean up after a killed run.

A workshop is locked for as long as its process lives; the kernel lifts the lock when the process
dies, however it dies. So the next run can tell a leftover from a workshop in use, and removes it.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PREFIX = ".scaffold-workshop-"
_NAME = re.compile(re.escape(PREFIX) + r"[0-9a-f]{16}")


@contextmanager
def workshop(beside: Path) -> Iterator[Path]:
    """Give a new private folder in `beside`, and remove it with all that is left in it."""
    sweep(beside)
    folder, lock = _locked_folder(beside)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked_folder(beside: Path) -> tuple[Path, int]:
    while True:
        folder = beside / f"{PREFIX}{secrets.token_hex(8)}"
        try:
            folder.mkdir(mode=0o700)
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and beside.is_dir():
                continue  # another run swept it between the two calls
            raise ScaffoldError(
                f"no folder can be made here: {error.strerror}",
                where=str(beside),
                remedy="look at its permissions and its space, or name another place",
            ) from error
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():  # else another run swept it before it was locked
            return folder, lock
        os.close(lock)


def sweep(beside: Path) -> None:
    """Remove the workshops of runs that were killed."""
    try:
        names = [entry.name for entry in os.scandir(beside) if _NAME.fullmatch(entry.name)]
    except OSError:
        return
    for name in names:
        _remove_if_left(beside / name)


def _remove_if_left(folder: Path) -> None:
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if os.fstat(lock).st_uid == os.geteuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(lock)
