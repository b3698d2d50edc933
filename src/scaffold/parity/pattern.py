"""Match dotted names that have numbered places, like `blocks.{i}.norm`."""

from __future__ import annotations

import re
from functools import cache

_PLACE = re.compile(r"\{([a-z]+)\}")


def bindings(pattern: str, name: str) -> dict[str, str] | None:
    """Give what each place of the pattern stands for in a name, None when it does not match."""
    found = _compiled(pattern).fullmatch(name)
    return None if found is None else found.groupdict()


def filled(pattern: str, bound: dict[str, str]) -> str:
    """Put values into the places of a pattern."""
    return _PLACE.sub(lambda place: bound[place[1]], pattern)


def places(pattern: str) -> frozenset[str]:
    """Give the names of the places of a pattern."""
    return frozenset(_PLACE.findall(pattern))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    seen: set[str] = set()
    text, end = "", 0
    for place in _PLACE.finditer(pattern):
        text += re.escape(pattern[end : place.start()])
        name, end = place[1], place.end()
        text += f"(?P={name})" if name in seen else f"(?P<{name}>[0-9]+)"
        seen.add(name)
    return re.compile(text + re.escape(pattern[end:]))
