"""Say which part hands what to which: the calls of a run, and the way of every tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from scaffold.core.blueprint import Call, End, Flow
from scaffold.reference.blueprint.leaves import Numbers, described

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scaffold.reference.blueprint.glue import Marks
    from scaffold.trace import forward


def calls_of(seen: Sequence[forward.Call]) -> tuple[Call, ...]:
    """Describe the calls of a run, with every tensor numbered in the order of its first sight."""
    numbers = Numbers()
    events = [(call.order, call.inputs) for call in seen]
    events += [(call.done, call.outputs) for call in seen]
    for _, leaves in sorted(events, key=lambda event: event[0]):
        for leaf in leaves.values():
            if isinstance(leaf, Tensor):
                numbers.of(leaf)
    within = _within(seen)
    return tuple(
        Call(
            part=call.part,
            call=call.call,
            order=call.order,
            done=call.done,
            inputs=described(call.inputs, numbers),
            outputs=described(call.outputs, numbers),
            within=within[call.order],
        )
        for call in seen
    )


def _within(seen: Iterable[forward.Call]) -> dict[int, str]:
    """Give, per beginning of a call, the part in whose call it happened."""
    found: dict[int, str] = {}
    running: list[forward.Call] = []
    for call in seen:
        while running and running[-1].done < call.order:
            running.pop()
        found[call.order] = running[-1].part if running else ""
        running.append(call)
    return found


def flows_of(
    calls: Sequence[Call], made: dict[End, Marks], names: Sequence[str]
) -> tuple[Flow, ...]:
    """Give the way of every tensor through the calls of a run.

    Args:
        calls: In the order in which they began.
        made: Of what the inputs were made that no part gave.
        names: The names of the model's inputs that go by position.
    """
    ends: dict[tuple[str, End], int] = {}
    about: dict[int, tuple[tuple[int, ...], str]] = {}
    producers: dict[int, list[tuple[int, End]]] = {}
    consumers: dict[int, list[tuple[int, End]]] = {}
    for call in calls:
        for side, leaves in (("input", call.inputs), ("output", call.outputs)):
            for leaf in leaves:
                if leaf.tensor is None or leaf.shape is None:
                    continue
                end = End(part=call.part, call=call.call, path=leaf.path)
                ends[side, end] = leaf.tensor
                about[leaf.tensor] = (leaf.shape, leaf.dtype)
                table, when = (consumers, call.order) if side == "input" else (producers, call.done)
                table.setdefault(leaf.tensor, []).append((when, end))
    inputs = _inputs(calls, names)
    return tuple(
        Flow(
            tensor=number,
            shape=about[number][0],
            dtype=about[number][1],
            producers=_ordered(producers.get(number, [])),
            consumers=_ordered(consumers.get(number, [])),
            input=inputs.get(number, ""),
            made_of=()
            if number in inputs or not _taken_first(number, producers, consumers)
            else _made_of(number, consumers.get(number, []), made, ends),
        )
        for number in sorted(about)
    )


def _inputs(calls: Sequence[Call], names: Sequence[str]) -> dict[int, str]:
    """Give the tensors that went into the model itself, each with its name."""
    root = next((call for call in calls if call.part == ""), None)
    found: dict[int, str] = {}
    for leaf in root.inputs if root is not None else ():
        if leaf.tensor is not None:
            place, dot, rest = leaf.path.partition(".")
            known = place.isdigit() and int(place) < len(names)
            found[leaf.tensor] = f"{names[int(place)] if known else place}{dot}{rest}"
    return found


def _ordered(found: list[tuple[int, End]]) -> tuple[End, ...]:
    return tuple(end for _, end in sorted(found, key=lambda one: one[0]))


def _taken_first(
    number: int,
    producers: dict[int, list[tuple[int, End]]],
    consumers: dict[int, list[tuple[int, End]]],
) -> bool:
    """Whether a part took a tensor before any had given it; an identity gives what it takes."""
    never = float("inf")
    given = min((when for when, _ in producers.get(number, [])), default=never)
    taken = min((when for when, _ in consumers.get(number, [])), default=never)
    return taken < given


def _made_of(
    number: int,
    consumers: list[tuple[int, End]],
    made: dict[End, Marks],
    ends: dict[tuple[str, End], int],
) -> tuple[int, ...]:
    found = {
        ends[mark]
        for _, end in consumers
        for mark in made.get(end, frozenset())
        if mark in ends and ends[mark] != number
    }
    return tuple(sorted(found))
