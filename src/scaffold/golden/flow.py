"""Derive who made a tensor and who took it: equal hash, equal tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.golden.bundle import Bundle
    from scaffold.golden.manifest import Entry

CallName = tuple[str, int]
"""A part and the number of its call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """The way of one tensor through the reference on one probe."""

    hash: str
    probe: str
    producers: tuple[CallName, ...]
    """The calls that gave it, the one that ended first before the containers around it."""
    consumers: tuple[CallName, ...]
    """The calls that took it, in the order in which they began."""


def flow_of(bundle: Bundle) -> tuple[Flow, ...]:
    """Give the way of every tensor of the forward goldens, in the order in which they appear.

    Nothing of this is stored, because goldens are content-addressed: what one part hands to the
    next is one tensor under one hash. Two calls that give equal tensors are both producers; a
    tensor without a producer came from outside or from between the parts.
    """
    made: dict[tuple[str, str], list[Entry]] = {}
    took: dict[tuple[str, str], list[Entry]] = {}
    order: dict[tuple[str, str], None] = {}
    for side, found in (("output", made), ("input", took)):
        for entry in bundle.select(role=side):
            found.setdefault((entry.probe, entry.hash), []).append(entry)
    for entry in sorted(bundle.entries, key=lambda one: one.order):
        if entry.role in ("input", "output"):
            order.setdefault((entry.probe, entry.hash))
    return tuple(
        Flow(
            hash=key,
            probe=probe,
            producers=_calls(made.get((probe, key), [])),
            consumers=_calls(took.get((probe, key), [])),
        )
        for probe, key in order
    )


def _calls(entries: list[Entry]) -> tuple[CallName, ...]:
    ordered = sorted(entries, key=lambda entry: entry.order)
    return tuple(dict.fromkeys((entry.part, entry.call) for entry in ordered))
