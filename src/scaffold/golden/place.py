"""Put a finished bundle where it belongs, in one step, and lose none that was there."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.golden.manifest import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path


def moved(new: Path, place: Path) -> None:
    """Put a bundle in its place; when that fails, what was there before is back.

    Raises:
        ScaffoldError: The place holds what is no part of a bundle, or cannot be written.
    """
    refuse_strangers(place)
    try:
        _swapped(new, place)
    except OSError as error:
        raise unwritable(place, error) from error


def restored(place: Path) -> None:
    """Put back what a process that was killed between two steps had moved aside."""
    old = _aside(place)
    if old.is_dir() and not place.exists():
        old.rename(place)


def unwritable(place: Path, error: OSError) -> ScaffoldError:
    """Say why nothing can be written to a place."""
    return ScaffoldError(
        f"cannot be written: {error.strerror}",
        where=str(place),
        remedy="look at its permissions and its space, or name another folder",
    )


def refuse_strangers(folder: Path) -> None:
    """Refuse a place that holds anything but a bundle.

    Raises:
        ScaffoldError: With what it holds.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ScaffoldError(
            "is a file, and a bundle is a folder", where=str(folder), remedy="name another folder"
        )
    strangers = sorted(
        path.name
        for path in folder.iterdir()
        if path.name != MANIFEST and not path.match("tensors-*.safetensors")
    )
    if strangers:
        raise ScaffoldError(
            f"holds {', '.join(strangers)}, which no bundle contains",
            where=str(folder),
            remedy="move it away, or name another folder; recording replaces the whole folder",
        )


def _swapped(new: Path, place: Path) -> None:
    restored(place)
    old = _aside(place)
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.old")
