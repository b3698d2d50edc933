"""Hold a table of numbers of both sides, one per step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.core.comparison import Rung


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """One item of a rung that is a table, thinned out to what a picture can show."""

    rung: Rung
    item: str
    steps: tuple[int, ...]
    theirs: tuple[float, ...]
    ours: tuple[float, ...]
