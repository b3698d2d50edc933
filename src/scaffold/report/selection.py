"""Keep of a comparison what a reader asked for."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.report.words import WHOLE, named_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.comparison import Comparison, PartRow, RungRow
    from scaffold.core.difference import Difference

_NEAR = 3


def only(comparison: Comparison, names: Sequence[str]) -> Comparison:
    """Keep the parts of these names, in either language, with what lies in them.

    Where the comparison went wrong first is kept as well, wherever that is.

    Raises:
        ScaffoldError: A name is no part and no item of the comparison.
    """
    if not names:
        return comparison
    for name in names:
        if not _known(comparison, name):
            raise _unknown(comparison, name)
    return replace(
        comparison,
        parts=tuple(row for row in comparison.parts if _part_is(row, names)),
        rungs=tuple(row for row in comparison.rungs if _item_is(row, names)),
        differences=tuple(one for one in comparison.differences if _difference_is(one, names)),
        curves=tuple(
            one
            for one in comparison.curves
            if any(row.item == one.item and _item_is(row, names) for row in comparison.rungs)
        ),
        unmatched=tuple(text for text in comparison.unmatched if _within(named_in(text), names)),
    )


def _known(comparison: Comparison, name: str) -> bool:
    return any(_part_is(row, [name]) for row in comparison.parts) or any(
        _item_is(row, [name]) for row in comparison.rungs
    )


def _part_is(row: PartRow, names: Sequence[str]) -> bool:
    if not row.part:
        return WHOLE in names
    return _within(row.ours, names) or _within(row.part, names)


def _difference_is(one: Difference, names: Sequence[str]) -> bool:
    if not one.part:
        return WHOLE in names
    return _within(one.ours, names) or _within(one.part, names)


def _item_is(row: RungRow, names: Sequence[str]) -> bool:
    return _within(row.item, names) or _within(row.part, names)


def _within(path: str, names: Sequence[str]) -> bool:
    return any(path == name or path.startswith((f"{name}.", f"{name} ")) for name in names)


def _unknown(comparison: Comparison, name: str) -> ScaffoldError:
    known = [row.ours or row.part for row in comparison.parts]
    known += [row.part for row in comparison.parts] + [row.item for row in comparison.rungs]
    near = get_close_matches(name, list(dict.fromkeys(filter(None, known))), n=_NEAR)
    return ScaffoldError(
        f"no part or item is called {name!r}",
        where="scaffold compare",
        remedy=f"did you mean {' or '.join(near)}?" if near else "leave it out to see every name",
    )
