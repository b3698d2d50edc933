"""Say what a search for a map found, to a person and to a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.parity.mapping.value import State, operators_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.parity.mapping.value import Mapping, Refusal

SHOWN = 10
"""How many refusals and weak tensors a person is shown; JSON has them all."""


def as_text(mapping: Mapping) -> str:
    """Say it in lines: how sure the map is, what it holds, what is open."""
    tensors = sum(len(rule.ours) for rule in mapping.weights)
    lines = [_headline(mapping, tensors)]
    if mapping.proved:
        counts = ", ".join(f"{count} {name}" for name, count in mapping.by_operator.items())
        lines += [f"  operators: {counts}", f"  parts: {mapping.parts} stand for one of theirs"]
    for group in mapping.ambiguous:
        lines.append(f"  ambiguous: {', '.join(group)}: another source agrees on every probe")
    lines += _listed("refused", mapping.refused)
    lines += _listed("weak", mapping.weak)
    lines += [f"  note: {note}" for note in mapping.notes]
    return "\n".join(lines)


def _headline(mapping: Mapping, tensors: int) -> str:
    tried = f"{mapping.trials} trials"
    if mapping.state is State.PROVED:
        return f"proved: {tensors} tensors mapped, every part agrees on every probe ({tried})"
    if mapping.state is State.AMBIGUOUS:
        count = len(mapping.ambiguous)
        groups = "1 group" if count == 1 else f"{count} groups"
        return f"ambiguous: {groups} of tensors have more than one source that agrees ({tried})"
    return f"refused: this is not proved to be one model ({tried})"


def _listed(word: str, refusals: Iterable[Refusal]) -> list[str]:
    said = [f"  {word}: {one.what}: {one.why}" for one in refusals]
    more = len(said) - SHOWN
    return [*said[:SHOWN], *([f"  and {more} more {word}"] if more > 0 else [])]


def as_json(mapping: Mapping) -> dict[str, Any]:
    """Give everything that was found as one document."""
    return {
        "kind": "map",
        "schema": 1,
        "state": mapping.state.value,
        "weights": [
            {
                "theirs": list(rule.theirs),
                "ours": list(rule.ours),
                "operators": operators_of(rule),
            }
            for rule in mapping.weights
        ],
        "operators": mapping.by_operator,
        "parts": mapping.parts,
        "ambiguous": [list(group) for group in mapping.ambiguous],
        "refused": [{"what": one.what, "why": one.why} for one in mapping.refused],
        "weak": [{"what": one.what, "why": one.why} for one in mapping.weak],
        "trials": mapping.trials,
        "notes": list(mapping.notes),
    }
