"""Write what a verb reports into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, content: str, *, folder: bool = False) -> Path:
    """Put a file into its place in one step; make its folder where that is ours to make."""
    beside = path.with_name(f".{path.name}.writing")
    try:
        if folder:
            path.parent.mkdir(exist_ok=True)
        beside.write_text(content, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ScaffoldError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            remedy="name a file in a folder that exists and is yours",
        ) from error
    return path
