"""Merge TOML by its keys, in our text: comments, order and form stay ours."""

from __future__ import annotations

import tomllib
from typing import Any

from scaffold.update.structured.values import (
    Absent,
    UnclearError,
    merged_list,
    merged_tables,
    name_of,
)


def merge(base: str, ours: str, theirs: str) -> str | None:
    """Merge; None where both sides changed one value, or the text would say something else."""
    import tomlkit  # noqa: PLC0415 - only where a file was changed on both sides
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 - likewise

    try:
        plain = [tomllib.loads(text) for text in (base, ours, theirs)]
        wanted = merged_tables(*plain)
        document, other = tomlkit.parse(ours), tomlkit.parse(theirs)
        if document.as_string() != ours:
            return None
        _into(document, other, *plain)
        text = document.as_string()
        return text if tomllib.loads(text) == wanted else None
    except (UnclearError, tomllib.TOMLDecodeError, TOMLKitError, ValueError, RecursionError):
        return None


def _into(
    document: Any,  # noqa: ANN401 - a container of tomlkit, whose types say little
    other: Any,  # noqa: ANN401 - likewise
    base: dict[str, Any],
    ours: dict[str, Any],
    theirs: dict[str, Any],
) -> None:
    for key in [*theirs, *(one for one in base if one not in theirs)]:
        b, o, t = (side.get(key, Absent) for side in (base, ours, theirs))
        if (
            o == t
            or (t is not Absent and b is not Absent and t == b)
            or (t is Absent and b is Absent)
        ):
            continue
        if isinstance(o, dict) and isinstance(t, dict):
            _into(document[key], other[key], b if isinstance(b, dict) else {}, o, t)
        elif isinstance(o, list) and isinstance(t, list) and isinstance(b, list) and o != b:
            _list(document[key], b, o, t)
        elif t is Absent:
            if o is not Absent and o != b:
                raise UnclearError(key)
            document.remove(key) if o is not Absent else None
        elif o is Absent and b is not Absent:
            raise UnclearError(key)
        elif o is Absent or o == b:
            document[key] = other[key]
        else:
            raise UnclearError(key)


def _list(
    document: Any,  # noqa: ANN401 - an array of tomlkit
    base: list[Any],
    ours: list[Any],
    theirs: list[Any],
) -> None:
    """Bring a list to what is wanted, item by item, so that the comments of others stay."""
    wanted = merged_list(base, ours, theirs)
    if any(isinstance(item, dict) for item in (*ours, *theirs)):
        raise UnclearError("a list of tables")
    names = [name_of(item) for item in wanted]
    for place in reversed(range(len(document))):
        if name_of(_plain(document[place])) not in names:
            del document[place]
    have = [name_of(_plain(item)) for item in document]
    for place, (name, item) in enumerate(zip(names, wanted, strict=True)):
        if name in have:
            at = have.index(name)
            if _plain(document[at]) != item:
                document[at] = item
        else:
            document.insert(place, item)
            have.insert(place, name)


def _plain(item: Any) -> Any:  # noqa: ANN401 - likewise
    return item.unwrap() if hasattr(item, "unwrap") else item
