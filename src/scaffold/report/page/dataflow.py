"""Put the parts into the order in which the reference computes them, and into their tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung
from scaffold.core.sizes import FULL
from scaffold.report.words import WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.comparison import Comparison, Divergence, PartRow

GLUE = "glue before "
FULL_MODEL = f"{FULL}{WHOLE}"
"""The name of the full model as a part, beside the twin whose name is empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One part in the tree, which is laid out flat so that its depth has no bound."""

    id: str
    row: PartRow
    label: str
    """The name below the part around it."""
    parent: int | None
    """The place of the part around it in the list."""
    has_parts: bool
    ends: int
    """How many parts around it end with it."""
    opened: bool
    """Whether the first divergence lies in it."""
    first: bool
    """Whether it is the first divergence."""


def in_dataflow(parts: Sequence[PartRow]) -> list[int]:
    """Give the places of the parts in the order in which their calls end, the full model's last."""

    def ends(place: int) -> tuple[bool, bool, int, int]:
        row = parts[place]
        return row.part.startswith(FULL), row.order is None, row.order or 0, place

    return sorted(range(len(parts)), key=ends)


def anchor(place: int) -> str:
    """Name the element that stands for a part; a part's own name may hold anything."""
    return f"part-{place}"


def first_place(comparison: Comparison) -> int | None:
    """Find the part at which the forward rung diverges first."""
    first = comparison.first
    if first is None or first.rung is not Rung.FORWARD:
        return None
    name = first.place.removeprefix(GLUE)
    for place, row in enumerate(comparison.parts):
        if name in {row.ours, row.part} or (name == WHOLE and not row.part):
            return place
    return None


def is_glue(first: Divergence) -> bool:
    """Whether what lies before the named part is wrong, and not the part."""
    return first.place.startswith(GLUE)


def tree(comparison: Comparison) -> tuple[Node, ...]:
    """Lay the parts out by the reference's own nesting, siblings in the order of dataflow."""
    parts = comparison.parts
    above = _above(parts)
    below: dict[int | None, list[int]] = {}
    for place in in_dataflow(parts):
        below.setdefault(above[place], []).append(place)
    first = first_place(comparison)
    opened = set[int]()
    around = first
    while around is not None:
        opened.add(around)
        around = above[around]
    nodes: list[Node] = []
    stack = [(place, 0) for place in reversed(below.get(None, []))]
    at: dict[int, int] = {}
    while stack:
        place, ends = stack.pop()
        inner = below.get(place, [])
        row, outer = parts[place], above[place]
        at[place] = len(nodes)
        nodes.append(
            Node(
                id=anchor(place),
                row=row,
                label=_label(row.part, None if outer is None else parts[outer].part),
                parent=None if outer is None else at[outer],
                has_parts=bool(inner),
                ends=0 if inner else ends,
                opened=place in opened or outer is None,
                first=place == first,
            )
        )
        for index, one in enumerate(reversed(inner)):
            stack.append((one, ends + 1 if index == 0 else 0))
    return tuple(nodes)


def _above(parts: Sequence[PartRow]) -> list[int | None]:
    """Find the innermost part around each that has a row of its own."""
    known: dict[str, int] = {}
    for place, row in enumerate(parts):
        known.setdefault(row.part, place)
    found: list[int | None] = []
    for row in parts:
        path = row.part
        outer = None
        while outer is None and (around := part_around(path)) is not None:
            path = around
            outer = known.get(path)
        found.append(outer)
    return found


def part_around(part: str) -> str | None:
    """Give the name of what is around a part; None for a whole model, the twin or the full one."""
    if part in {"", FULL_MODEL}:
        return None
    outer = part.rpartition(".")[0]
    if outer or not part.startswith(FULL):
        return outer
    return FULL_MODEL


def _label(part: str, outer: str | None) -> str:
    if not part:
        return WHOLE
    if outer == FULL_MODEL:
        return part.removeprefix(FULL)
    return part.removeprefix(f"{outer}.") if outer else part
