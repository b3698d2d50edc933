"""Say how much of the committed goldens there is, and what weighs most in them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.golden.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.golden.bundle import Bundle

SHOWN = 5
_BITS = {"bool": 8, "int8": 8, "uint8": 8, "int16": 16, "float16": 16, "int32": 32, "float32": 32}


@dataclass(frozen=True, kw_only=True, slots=True)
class Committed:
    """The bytes of some bundles on disk, and their largest pieces, the largest first."""

    size: int
    largest: tuple[tuple[str, int], ...]

    def over(self, budget: int) -> str:
        """Say that a budget is exceeded, by what most; empty when it is kept."""
        if self.size <= budget:
            return ""
        pieces = ", ".join(f"{name} {size / 1000:,.0f} kB" for name, size in self.largest)
        return (
            f"the goldens to commit have {self.size:,} bytes, and the budget is {budget:,}; "
            f"largest: {pieces}"
        )


def committed(bundles: Iterable[Bundle]) -> Committed:
    """Weigh bundles as they lie on disk: every file, and every tensor once."""
    size = 0
    pieces: dict[str, int] = {}
    for bundle in bundles:
        size += sum(path.stat().st_size for path in bundle.folder.iterdir() if path.is_file())
        place = bundle.folder.name
        pieces[f"{place}/{MANIFEST}"] = (bundle.folder / MANIFEST).stat().st_size
        for entry in {entry.hash: entry for entry in bundle.entries}.values():
            bits = _BITS.get(entry.dtype, 64)
            pieces[f"{place}/{entry.id}"] = math.prod(entry.shape) * bits // 8
    largest = sorted(pieces.items(), key=lambda piece: -piece[1])[:SHOWN]
    return Committed(size=size, largest=tuple(largest))
