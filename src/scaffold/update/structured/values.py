"""Merge two changes of plain values by key, the same for every format."""

from __future__ import annotations

import re
from typing import Any

Absent = object()
"""Where a side has no such key."""
Value = Any


class UnclearError(Exception):
    """Both sides changed one value, and not in the same way."""


def merged_list(base: list[Value], ours: list[Value], theirs: list[Value]) -> list[Value]:
    """Merge two changes of a list whose items are told apart by `name_of`; order is ours.

    What theirs added stands behind the item that it follows there.

    Raises:
        UnclearError: An item was changed on both sides, or names are not unique.
    """
    sides = [_named(one) for one in (base, ours, theirs)]
    b, o, t = sides
    result = dict(o)
    for name in list(o):
        if name in b and name not in t:
            if o[name] != b[name]:
                raise UnclearError(name)
            del result[name]
        elif name in b and name in t and t[name] != b[name]:
            if o[name] not in (b[name], t[name]):
                raise UnclearError(name)
            result[name] = t[name]
        elif name not in b and name in t and t[name] != o[name]:
            raise UnclearError(name)
    for name in b:
        if name not in o and name in t and t[name] != b[name]:
            raise UnclearError(name)
    added = [name for name in t if name not in b and name not in o]
    order = list(result)
    before = list(t)
    for name in added:
        place = before.index(name)
        earlier = next((one for one in reversed(before[:place]) if one in order), None)
        order.insert(order.index(earlier) + 1 if earlier is not None else 0, name)
        result[name] = t[name]
    return [result[name] for name in order]


def name_of(item: Value) -> str:
    """Give what an item of a list is known by.

    A requirement by its package, an entry of Hydra's defaults by its group, a table by its `id`
    or `name`, anything else by its text.
    """
    if isinstance(item, str):
        found = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(?:[=<>!~;@]|$)", item)
        return re.sub(r"[-_.]+", "-", found[1]).lower() if found else item
    if isinstance(item, dict):
        for key in ("id", "name", "path", "repo", "theirs", "rule"):
            if isinstance(item.get(key), str):
                return f"{key}={item[key]}"
        if len(item) == 1:
            return f"group={next(iter(item))}"
    return repr(item)


def _named(items: list[Value]) -> dict[str, Value]:
    named = {name_of(item): item for item in items}
    if len(named) != len(items):
        raise UnclearError("two items have one name")
    return named


def decide(base: Value, ours: Value, theirs: Value) -> Value:
    """Give the value of the side that changed it; `Absent` where it is to go.

    Raises:
        UnclearError: Both changed it, and not in the same way.
    """
    if _same(ours, theirs) or _same(theirs, base):
        return ours
    if _same(ours, base):
        return theirs
    raise UnclearError


def _same(one: Value, other: Value) -> bool:
    return one is other or (type(one) is type(other) and one == other)


def merged_tables(
    base: dict[str, Value], ours: dict[str, Value], theirs: dict[str, Value]
) -> dict[str, Value]:
    """Merge plain tables, deep: what a format's own merge is held to.

    Raises:
        UnclearError: Both sides changed one value.
    """
    result: dict[str, Value] = {}
    for key in [*ours, *(one for one in theirs if one not in ours)]:
        value = merged_value(*(side.get(key, Absent) for side in (base, ours, theirs)))
        if value is not Absent:
            result[key] = value
    return result


def merged_value(base: Value, ours: Value, theirs: Value) -> Value:
    """Merge one value: tables by key, lists by item, anything else by who changed it."""
    if (
        isinstance(ours, dict)
        and isinstance(theirs, dict)
        and (isinstance(base, dict) or base is Absent)
    ):
        return merged_tables(base if isinstance(base, dict) else {}, ours, theirs)
    if isinstance(ours, list) and isinstance(theirs, list) and isinstance(base, list):
        if _same(ours, theirs) or _same(theirs, base):
            return ours
        return theirs if _same(ours, base) else merged_list(base, ours, theirs)
    return decide(base, ours, theirs)
