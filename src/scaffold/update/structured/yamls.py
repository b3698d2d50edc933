"""Merge YAML by its keys, in our text, where our text survives being read and written."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from scaffold.update.structured.values import (
    Absent,
    UnclearError,
    merged_list,
    merged_tables,
    name_of,
)

if TYPE_CHECKING:
    from ruamel.yaml import YAML

_WIDE = 100_000


def merge(base: str, ours: str, theirs: str) -> str | None:
    """Merge; None where both sides changed one value, or our text has a form of its own."""
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - only where both sides changed one

    if "&" in ours or "&" in theirs or "\n---" in ours:
        return None
    try:
        yaml = _like(ours)
        if yaml is None:
            return None
        sides = [yaml.load(text) for text in (base, ours, theirs)]
        if not all(isinstance(side, dict) for side in sides):
            return None
        wanted = merged_tables(*(_plain(side) for side in sides))
        _into(sides[1], sides[2], sides[0])
        text = _written(yaml, sides[1])
        return text if _plain(yaml.load(text)) == wanted else None
    except (UnclearError, YAMLError, ValueError, TypeError, RecursionError):
        return None


def _like(text: str) -> YAML | None:
    """Give a reader and writer that leaves a text as it is."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - likewise

    for mapping, sequence, offset in ((2, 4, 2), (2, 2, 0), (4, 4, 2), (4, 6, 4), (4, 4, 0)):
        yaml = YAML()
        yaml.preserve_quotes = True
        yaml.width = _WIDE
        yaml.indent(mapping=mapping, sequence=sequence, offset=offset)
        if _written(yaml, yaml.load(text)) == text:
            return yaml
    return None


def _written(yaml: YAML, content: Any) -> str:  # noqa: ANN401 - a tree of ruamel
    out = io.StringIO()
    yaml.dump(content, out)
    return out.getvalue()


def _into(ours: Any, theirs: Any, base: Any) -> None:  # noqa: ANN401 - maps of ruamel
    keys = list(theirs)
    for key in [*keys, *(one for one in base if one not in theirs)]:
        b, o, t = (side.get(key, Absent) for side in (base, ours, theirs))
        if (
            o == t
            or (t is not Absent and b is not Absent and t == b)
            or (t is Absent and b is Absent)
        ):
            continue
        if isinstance(o, dict) and isinstance(t, dict):
            _into(o, t, b if isinstance(b, dict) else {})
        elif isinstance(o, list) and isinstance(t, list) and isinstance(b, list) and o != b:
            _list(o, t, b)
        elif t is Absent:
            if o is not Absent and o != b:
                raise UnclearError(key)
            ours.pop(key, None)
        elif o is Absent and b is not Absent:
            raise UnclearError(key)
        elif o is Absent:
            _insert(ours, theirs, keys, key)
        elif o == b:
            ours[key] = t
        else:
            raise UnclearError(key)


def _insert(ours: Any, theirs: Any, keys: list[Any], key: Any) -> None:  # noqa: ANN401
    """Put a new key behind the one that it follows there, with its comment."""
    place = keys.index(key)
    earlier = next((one for one in reversed(keys[:place]) if one in ours), None)
    at = list(ours).index(earlier) + 1 if earlier is not None else 0
    comment = theirs.ca.items.get(key)
    if at < len(ours) or comment is None or earlier is None:
        ours.insert(at, key, theirs[key])
    else:
        ours[key] = theirs[key]
    if comment is not None:
        ours.ca.items[key] = comment


def _list(ours: Any, theirs: Any, base: Any) -> None:  # noqa: ANN401 - sequences of ruamel
    wanted = merged_list(_plain(base), _plain(ours), _plain(theirs))
    names = [name_of(item) for item in wanted]
    for place in reversed(range(len(ours))):
        if name_of(_plain(ours[place])) not in names:
            del ours[place]
    have = [name_of(_plain(item)) for item in ours]
    there = {name_of(_plain(item)): item for item in theirs}
    for place, (name, item) in enumerate(zip(names, wanted, strict=True)):
        if name not in have:
            ours.insert(place, there[name])
            have.insert(place, name)
        elif _plain(ours[have.index(name)]) != item:
            ours[have.index(name)] = there[name]


def _plain(content: Any) -> Any:  # noqa: ANN401 - a tree of ruamel
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_plain(item) for item in content]
    return content
