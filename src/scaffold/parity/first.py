"""Name the first place, in dataflow order, that is wrong while everything before it is right.

The calls of theirs are read as a sequence of events. When a part begins and what reaches it is not
what reached theirs, though every part before gave the right answer when asked alone, the fault lies
in the glue between them. When a part ends and is wrong alone, though nothing within it was, the
fault is its own. What reaches a part otherwise, inside a container that gives the right answer all
the same, is another way of writing the container (another layout, a scale before a norm). So it is
inside a container that is wrong for another reason: where a part within it is reached by the right
input, or by the same numbers in another shape, and is wrong alone, that part is the fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import Divergence, Judgement, Rung, Verdict
from scaffold.parity.judge import worst_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scaffold.parity.calls import CallVerdict

_OTHERWISE = (Verdict.DIFFERENT, Verdict.SHAPE)
_WRONG = (*_OTHERWISE, Verdict.MISSING)


@dataclass(frozen=True, slots=True)
class _Event:
    at: int
    begins: bool
    ours: str
    kind: str
    found: Judgement
    within: str | None = None
    """Where a part begins: the innermost part around it that is right alone."""
    reached: Judgement | None = None
    """Where a part ends: what reached it."""
    began: int = 0

    @property
    def without_effect(self) -> bool:
        """Whether what reaches a part is not theirs, and a part around it is right all the same."""
        return self.within is not None and self.found.verdict in _OTHERWISE


@dataclass(frozen=True, slots=True)
class Detour:
    """What reaches a part of ours is not what reached theirs, and nothing comes of it."""

    ours: str
    around: str
    """The innermost part around it that is right alone; empty for the model."""
    found: Judgement


def first_divergence(calls: Iterable[CallVerdict]) -> Divergence | None:
    """Give the first divergence of the forward rung, None when every part is right alone."""
    events = _events(calls)
    if not any(event.found.verdict in _WRONG for event in events if not event.begins):
        return None
    inner = _Event(0, begins=True, ours="", kind="", found=Judgement(verdict=Verdict.EQUAL))
    for event in events:
        if event.found.verdict in _WRONG and not event.without_effect:
            guilty = _wrong_alone(event, events) if event.begins else event
            return _glue(event, inner) if guilty is None else _part(guilty, events)
        if event.found.verdict is not Verdict.NOT_COMPARABLE:
            inner = event
    return None


def _wrong_alone(glue: _Event, events: list[_Event]) -> _Event | None:
    """Give the part that is wrong alone, and so explains a wrong container without its glue.

    Only what lies in the innermost wrong part around the glue counts, and only where the part was
    reached by what reached theirs: glue that is wrong makes no part after it wrong alone, but a
    part may be asked something else than theirs was when what reaches it is another thing.
    """
    ends = [event for event in events if not event.begins and event.found.verdict in _WRONG]
    around = [event for event in ends if event.began < glue.at < event.at]
    last = min((event.at for event in around), default=None)
    if last is None or glue.found.verdict is Verdict.MISSING:
        return None
    as_theirs = {Verdict.EQUAL, Verdict.ROUNDING}
    if glue.found.verdict is Verdict.SHAPE:
        as_theirs.add(Verdict.SHAPE)
    return next(
        (
            event
            for event in ends
            if glue.at < event.began
            and event.at < last
            and event.reached is not None
            and event.reached.verdict in as_theirs
        ),
        None,
    )


def detours(calls: Iterable[CallVerdict]) -> tuple[Detour, ...]:
    """Give the first detour within every part that is right alone."""
    found: dict[str, Detour] = {}
    for event in _events(calls):
        if event.within is not None and event.without_effect:
            found.setdefault(event.within, Detour(event.ours, event.within, event.found))
    return tuple(found.values())


def _events(calls: Iterable[CallVerdict]) -> list[_Event]:
    """Give the beginning and the end of every call, its worst probe standing for all."""
    same: dict[tuple[str, int], list[CallVerdict]] = {}
    for call in calls:
        same.setdefault((call.part, call.call), []).append(call)
    alone = {key: worst_of(call.local for call in group) for key, group in same.items()}
    right = [same[key][0] for key, judgement in alone.items() if judgement.verdict.agrees]
    events = []
    for key, group in same.items():
        one = group[0]
        reaches = _reaching(group)
        within = _around(one, right)
        events.append(
            _Event(one.order, begins=True, ours=one.ours, kind=one.kind, found=reaches,
                   within=within)
        )  # fmt: skip
        events.append(
            _Event(
                one.done,
                begins=False,
                ours=one.ours,
                kind=one.kind,
                found=alone[key],
                reached=reaches,
                began=one.order,
            )
        )
    return sorted(events, key=lambda event: event.at)


def _reaching(group: Sequence[CallVerdict]) -> Judgement:
    """Give the worst of what reaches a part.

    Where kind or size did not fit on one probe, another shape on the next says nothing new: with
    a batch of one, places of shape [8] and [1, 8] are as many.
    """
    worst = worst_of(call.interface for call in group)
    if worst.verdict is Verdict.SHAPE:
        doubts = [c.interface for c in group if c.interface.verdict is Verdict.NOT_COMPARABLE]
        return next(iter(doubts), worst)
    return worst


def _around(call: CallVerdict, others: Sequence[CallVerdict]) -> str | None:
    """Give the innermost of the other calls during which this one was made."""
    around = [one for one in others if one.order < call.order and call.done < one.done]
    return max(around, key=lambda one: one.order).ours if around else None


def _glue(event: _Event, before: _Event) -> Divergence:
    came = f"{named(before.ours)} {'begins' if before.begins else 'ends'}"
    return Divergence(
        rung=Rung.FORWARD,
        place=f"glue before {named(event.ours)}",
        because=(
            f"what reaches {named(event.ours)} is not what reached the reference's {event.kind} "
            f"({measured(event.found)}), and every part before it is right"
        ),
        remedy=(
            f"read what happens between where {came} and where {named(event.ours)} begins: "
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
        f"gives ({measured(event.found)})"
    )
    if within:
        return Divergence(
            rung=Rung.FORWARD,
            place=named(event.ours),
            because=f"{because}, and every part within it is right",
            remedy=(
                f"read the code of {named(event.ours)} itself, after {within[-1].ours}: "
                "what it adds, scales, reorders or leaves out"
            ),
        )
    return Divergence(
        rung=Rung.FORWARD,
        place=named(event.ours),
        because=because,
        remedy=(
            f"hold it against the reference's {event.kind}: constants (eps, scale), the form of "
            "the activation, the order and layout of its weights"
        ),
    )


def named(part: str) -> str:
    """Give a part a name, the whole model too."""
    return part or "the model"


def measured(found: Judgement) -> str:
    """Say the ratio, the probe, and the worst element or the reason."""
    ratio = "" if found.ratio is None else f"q {found.ratio:.3g}"
    where = f"on probe {found.probe}" if found.probe else ""
    said = found.worst or found.reason
    return ", ".join(text for text in (" ".join(t for t in (ratio, where) if t), said) if text)
