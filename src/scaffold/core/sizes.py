"""Name what belongs to the full model beside what belongs to its twin."""

from __future__ import annotations

from typing import Final

FULL: Final = "full/"
"""How the names of the full model's parts begin; those of the twin's stand alone."""
