"""Turn their names into ours with the standard library alone, for the names of tests.

The comparison itself uses `scaffold.parity.weightmap`, which carries tensors and needs torch; here
a name that cannot be translated is kept as it is. A test holds the two against each other.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_PLACE = re.compile(r"\\?\{([a-z]+)\\?\}")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a weight map: parts one to one, weights some to some, and what is excused."""

    parts: tuple[tuple[str, str], ...] = ()
    weights: tuple[tuple[str, tuple[str, ...]], ...] = ()
    excuses: tuple[str, ...] = ()

    def part(self, theirs: str) -> str:
        """Give our name of a part; theirs when nothing is mapped to it."""
        for pattern, ours in self.parts:
            bound = _bound(pattern, theirs)
            if bound is not None:
                return _filled(ours, bound)
        return theirs

    def mapped(self, theirs: str) -> bool:
        """Whether a part has a counterpart; the whole model has one."""
        return not theirs or any(_bound(pattern, theirs) is not None for pattern, _ in self.parts)

    def weight(self, theirs: str) -> tuple[str, ...]:
        """Give our names of a parameter or buffer; theirs when nothing is mapped to it."""
        for pattern, ours in self.weights:
            bound = _bound(pattern, theirs)
            if bound is not None:
                return tuple(_filled(name, bound) for name in ours)
        return (theirs,)

    def excused(self, theirs: str) -> bool:
        """Whether the map gives a reason why a part has no counterpart."""
        return any(_bound(pattern, theirs) is not None for pattern in self.excuses)


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
        excuses = [row["theirs"] for row in content.get("excused", []) if "theirs" in row]
    except (OSError, ValueError, KeyError, TypeError):
        return Names()
    return Names(tuple(parts), tuple(weights), tuple(excuses))


def _several(names: Any) -> tuple[str, ...]:  # noqa: ANN401 - TOML gives a text or a list of texts
    return (names,) if isinstance(names, str) else tuple(str(name) for name in names)


def _bound(pattern: str, name: str) -> dict[str, str] | None:
    """Give the number that each `{place}` of a pattern stands for, None when it does not match."""
    seen: set[str] = set()

    def number(place: re.Match[str]) -> str:
        again = place[1] in seen
        seen.add(place[1])
        return f"(?P={place[1]})" if again else f"(?P<{place[1]}>[0-9]+)"

    found = re.fullmatch(_PLACE.sub(number, re.escape(pattern)), name)
    return None if found is None else found.groupdict()


def _filled(pattern: str, bound: dict[str, str]) -> str:
    return _PLACE.sub(lambda place: bound.get(place[1], place[0]), pattern)
