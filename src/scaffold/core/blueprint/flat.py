"""Name every tensor of nested inputs, and put tensors back under such names.

`images.*` is a list with one tensor a sample, `scenes.*.image` a list of dictionaries, and
`levels.0` a list whose places are no samples. What is not nested keeps its name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint.whole import Input, InputKind

if TYPE_CHECKING:
    from collections.abc import Iterable

SAMPLE = "*"
"""The step of a path that stands for the samples of a batch."""
_CHW = 3


def flat(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """Give one row for each tensor that a model is called with, each with the axis of the batch.

    A list of images that are no batch (detection) becomes one batch of the first one's size. What
    only a run in training mode takes is left out.

    Args:
        inputs: The inputs of a blueprint.
    """
    rows = tuple(inputs)
    listed = any(
        row.path and row.kind is InputKind.IMAGE and len(row.shape) == _CHW for row in rows
    )
    groups: dict[str, list[Input]] = {}
    for row in rows:
        if not row.training:
            groups.setdefault(_name(row, listed=listed), []).append(row)
    return tuple(_joined(name, group) for name, group in groups.items())


def packed(places: Iterable[tuple[str, Any]]) -> Any:  # noqa: ANN401 - nested
    """Put tensors into the lists and dictionaries that their dotted names speak of.

    Args:
        places: Names, and what stands there; of `*`, all samples together.
    """
    inner: dict[str, list[tuple[str, Any]]] = {}
    for name, value in places:
        if not name:
            return value
        first, _, rest = name.partition(".")
        inner.setdefault(first, []).append((rest, value))
    if SAMPLE in inner:
        given = inner[SAMPLE]
        return [
            packed((rest, value[number]) for rest, value in given)
            for number in range(len(given[0][1]))
        ]
    found = {first: packed(rows) for first, rows in inner.items()}
    return list(found.values()) if found and all(map(str.isdigit, found)) else found


def _name(row: Input, *, listed: bool) -> str:
    """Join the parameter and the place in it; the number of a sample is a star."""
    steps = row.path.split(".") if row.path else []
    if listed and steps and steps[0].isdigit():
        steps[0] = SAMPLE
    return ".".join((row.name, *steps))


def _joined(name: str, rows: list[Input]) -> Input:
    """Give the row of a name; of all samples together, one of the first one's size."""
    first = rows[0]
    samples = (len(rows),) if SAMPLE in name else ()
    positional = first.positional and not first.path
    shape = (*samples, *first.shape)
    return replace(first, name=name, path="", shape=shape, positional=positional)
