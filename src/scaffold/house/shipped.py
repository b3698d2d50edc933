"""Find the houses that ship with the tool."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
DEFAULT = "reengineering"


def shelf() -> Path:
    """Give the folder of the shipped houses: inside a wheel, or at the top of a checkout."""
    inside = PACKAGE / "_templates"
    return inside if inside.is_dir() else PACKAGE.parent.parent / "templates"


def shipped() -> tuple[str, ...]:
    """Name the houses that ship."""
    folder = shelf()
    if not folder.is_dir():
        return ()
    return tuple(sorted(item.name for item in folder.iterdir() if (item / "copier.yml").is_file()))
