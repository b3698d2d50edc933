"""Name the first place, in dataflow order, that is wrong while everything before it is right.

The calls of theirs are read as a sequence of events. When a part begins and what reaches it is not
what reached theirs, though every part before gave the right answer when asked alone, the fault lies
in the glue between them. When a part ends and is wrong alone, though nothing within it was, the
fault is its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import Divergence, Judgement, Rung, Verdict
from scaffold.parity.judge import worst_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.parity.calls import CallVerdict

_WRONG = (Verdict.DIFFERENT, Verdict.SHAPE, Verdict.MISSING)


@dataclass(frozen=True, slots=True)
class _Event:
    at: int
    begins: bool
    ours: str
    kind: str
    found: Judgement


def first_divergence(calls: Iterable[CallVerdict]) -> Divergence | None:
    """Give the first divergence of the forward rung, None when every part is right alone."""
    events = _events(calls)
    if not any(event.found.verdict in _WRONG for event in events if not event.begins):
        return None
    inner = _Event(0, begins=True, ours="", kind="", found=Judgement(verdict=Verdict.EQUAL))
    for event in events:
        if event.found.verdict in _WRONG:
            return _glue(event, inner) if event.begins else _part(event, events)
        inner = event
    return None


def _events(calls: Iterable[CallVerdict]) -> list[_Event]:
    """Give the beginning and the end of every call, its worst probe standing for all."""
    same: dict[tuple[str, int], list[CallVerdict]] = {}
    for call in calls:
        same.setdefault((call.part, call.call), []).append(call)
    events = []
    for group in same.values():
        one = group[0]
        reaches, gives = worst_of(c.interface for c in group), worst_of(c.local for c in group)
        events.append(_Event(one.order, begins=True, ours=one.ours, kind=one.kind, found=reaches))
        events.append(_Event(one.done, begins=False, ours=one.ours, kind=one.kind, found=gives))
    return sorted(events, key=lambda event: event.at)


def _glue(event: _Event, before: _Event) -> Divergence:
    came = f"{_named(before.ours)} {'begins' if before.begins else 'ends'}"
    return Divergence(
        rung=Rung.FORWARD,
        place=f"glue before {_named(event.ours)}",
        because=(
            f"what reaches {_named(event.ours)} is not what reached the reference's {event.kind} "
            f"({_measured(event.found)}), and every part before it is right"
        ),
        remedy=(
            f"read what happens between where {came} and where {_named(event.ours)} begins: "
            "a residual, a reshape, a mask, an order, a call that is missing"
        ),
    )


def _part(event: _Event, events: list[_Event]) -> Divergence:
    within = [
        other for other in events if other.at < event.at and other.ours.startswith(event.ours + ".")
    ]
    within = within if event.ours else [other for other in events if other.ours]
    because = (
        f"given the reference's own input it does not give what the reference's {event.kind} "
        f"gives ({_measured(event.found)})"
    )
    if within:
        return Divergence(
            rung=Rung.FORWARD,
            place=_named(event.ours),
            because=f"{because}, and every part within it is right",
            remedy=(
                f"read the code of {_named(event.ours)} itself, after {within[-1].ours}: "
                "what it adds, scales, reorders or leaves out"
            ),
        )
    return Divergence(
        rung=Rung.FORWARD,
        place=_named(event.ours),
        because=because,
        remedy=(
            f"hold it against the reference's {event.kind}: constants (eps, scale), the form of "
            "the activation, the order and layout of its weights"
        ),
    )


def _named(part: str) -> str:
    return part or "the model"


def _measured(found: Judgement) -> str:
    ratio = "" if found.ratio is None else f"q {found.ratio:.3g}"
    where = f"on probe {found.probe}" if found.probe else ""
    said = found.worst or found.reason
    return ", ".join(text for text in (" ".join(t for t in (ratio, where) if t), said) if text)
