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
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PREFIX = ".scaffold-workshop-"
_TRIES = 10
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
    """Make a folder and lock it; another run may sweep it in between, so that it takes tries."""
    for _ in range(_TRIES):
        folder = beside / f"{PREFIX}{secrets.token_hex(8)}"
        try:
            folder.mkdir(mode=0o700)
        except OSError as error:
            raise ScaffoldError(
                f"no folder can be made here: {error.strerror}",
                where=str(beside),
                remedy="look at its permissions and its space, or name another place",
            ) from error
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.is_dir():
                return folder, lock
            os.close(lock)
    raise ScaffoldError(
        "folders disappear as soon as they are made",
        where=str(beside),
        remedy="look for a program that cleans up here, or name another place",
    )


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
