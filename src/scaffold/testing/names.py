"""Turn their names into ours without torch, for the names of tests.

The comparison itself uses `scaffold.parity.weightmap`, which carries tensors; here a name that
cannot be translated is kept as it is.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.parity.pattern import bindings, filled

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a weight map: parts one to one, weights some to some."""

    parts: tuple[tuple[str, str], ...] = ()
    weights: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def part(self, theirs: str) -> str:
        """Give our name of a part; theirs when nothing is mapped to it."""
        for pattern, ours in self.parts:
            bound = bindings(pattern, theirs)
            if bound is not None:
                return filled(ours, bound)
        return theirs

    def weight(self, theirs: str) -> tuple[str, ...]:
        """Give our names of a parameter or buffer; theirs when nothing is mapped to it."""
        for pattern, ours in self.weights:
            bound = bindings(pattern, theirs)
            if bound is not None:
                return tuple(filled(name, bound) for name in ours)
        return (theirs,)


def read_names(path: Path) -> Names:
    """Read the names of a map; a map that cannot be read translates nothing.

    That the map is broken is said by the comparison, with its place.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        parts = [(str(row["theirs"]), str(row["ours"])) for row in content.get("part", [])]
        weights = [
            (theirs, _several(row["ours"]))
            for row in content.get("weight", [])
            for theirs in _several(row["theirs"])
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return Names()
    return Names(tuple(parts), tuple(weights))


def _several(names: Any) -> tuple[str, ...]:  # noqa: ANN401 - TOML gives a text or a list of texts
    return (names,) if isinstance(names, str) else tuple(str(name) for name in names)
