"""Show a blueprint: its published schema, and a page of text for people."""

from __future__ import annotations

import json
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint import Manner, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.core.blueprint import Blueprint, Leaf, Part, PartClass

_SHOWN = 6
_GAP = 2
_PREFIXES = ("", "k", "M", "G", "T")
_STEP = 1000


def schema() -> dict[str, Any]:
    """Read the published JSON schema of the document."""
    text = resources.files("scaffold.report").joinpath("schemas", "blueprint.schema.json")
    document: dict[str, Any] = json.loads(text.read_text(encoding="utf-8"))
    return document


def plain(blueprint: Blueprint, *, width: int = 100) -> str:
    """Write a blueprint as text: how it is built, the tree of its parts, and what to watch for."""
    lines = [*_head(blueprint), "", *_tree(blueprint, width), "", *_foot(blueprint)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(blueprint: Blueprint) -> Iterator[str]:
    origin, root = blueprint.origin, blueprint.root
    words = "".join(f" {one.name}={one.value.text}" for one in origin.arguments)
    yield f"{origin.spec}{words}"
    made = blueprint.distributions[0] if blueprint.distributions else None
    parts = [root.kind.replace(":", ".")]
    if made is not None:
        parts += [f"{made.name} {made.version}".strip(), made.licence, made.commit]
    yield f"  {', '.join(part for part in parts if part)}"
    frozen = blueprint.parameters - blueprint.trainable
    yield (
        f"  {blueprint.parameters:,} parameters"
        + (f" ({frozen:,} frozen)" if frozen else "")
        + f", {short(blueprint.flops)}FLOP on the example batch"
        + f"; python {blueprint.environment.python}, torch {blueprint.environment.torch}"
    )
    for row in blueprint.inputs:
        name = f"{row.name}.{row.path}" if row.path else row.name
        bounds = (
            f" {row.low:g}..{row.high:g}" if row.low is not None and row.high is not None else ""
        )
        when = ", in training only" if row.training else ""
        yield f"  takes  {name}: {row.dtype} {_shape(row.shape)} {row.kind}{bounds}{when}"
    for leaf in blueprint.outputs[:_SHOWN]:
        yield f"  gives  {leaf.path or blueprint.output_kind}: {_leaf(leaf)}"
    if len(blueprint.outputs) > _SHOWN:
        yield f"  gives  {len(blueprint.outputs) - _SHOWN} more"
    steps = blueprint.preprocessing
    if steps is not None:
        told = [
            f"size {_shape(steps.size)}" if steps.size else "",
            f"mean {_shape(steps.mean)}" if steps.mean else "",
            f"std {_shape(steps.std)}" if steps.std else "",
            steps.interpolation,
            f"crop {steps.crop:g}" if steps.crop else "",
        ]
        said = ", ".join(one for one in told if one) or "settings in JSON"
        yield f"  data   {said} ({steps.source})"


def _tree(blueprint: Blueprint, width: int) -> list[str]:
    rows = [("part", "class", "parameters", "output")]
    rows += list(_rows(blueprint))
    sizes = [max(len(row[column]) for row in rows) for column in range(4)]
    room = max(width - sizes[0] - sizes[2] - sizes[3] - 3 * _GAP, 20)
    sizes[1] = min(sizes[1], room)
    return [
        (" " * _GAP).join(
            (
                f"{part:<{sizes[0]}}",
                f"{_cut(kind, sizes[1]):<{sizes[1]}}",
                f"{count:>{sizes[2]}}",
                output,
            )
        )
        for part, kind, count, output in rows
    ]


def _rows(blueprint: Blueprint) -> Iterator[tuple[str, str, str, str]]:
    """Give a row per part; siblings that are built alike stand in one row after the first."""
    parts = {part.path: part for part in blueprint.parts}
    kinds = {kind.kind: kind for kind in blueprint.classes}
    alike = {path: one.parts[0] for one in blueprint.repeats for path in one.parts}

    def walk(path: str, depth: int) -> Iterator[tuple[str, str, str, str]]:
        part = parts[path]
        yield _row(part, depth, kinds)
        children = [child for child in part.children if child in parts]
        while children:
            first = children.pop(0)
            yield from walk(first, depth + 1)
            same: list[str] = []
            numbered = parts[first].name.isdigit() and first in alike
            while children and numbered and alike.get(children[0]) == alike[first]:
                same.append(children.pop(0))
            if same:
                yield _like(parts, first, same, depth + 1)

    yield from walk("", 0)


def _row(part: Part, depth: int, kinds: dict[str, PartClass]) -> tuple[str, str, str, str]:
    name = "  " * depth + (part.name or "(the model)")
    output = _leaf(part.outputs[0]) if part.outputs else ("" if part.calls else "not called")
    more = f" and {len(part.outputs) - 1} more" if len(part.outputs) > 1 else ""
    count = f"{part.parameters:,}" if part.parameters else ""
    return name, _built(part, kinds), count, f"{output}{more}"


def _like(
    parts: dict[str, Part], first: str, same: Sequence[str], depth: int
) -> tuple[str, str, str, str]:
    names = [parts[path].name for path in same]
    span = names[0] if len(names) == 1 else f"{names[0]} .. {names[-1]}"
    total = sum(parts[path].parameters for path in same)
    count = f"{total:,}" if total else ""
    return "  " * depth + span, f"{len(same)} like {parts[first].name}", count, ""


def _built(part: Part, kinds: dict[str, PartClass]) -> str:
    """Write a class with the plain arguments that its constructor was given.

    A default that was passed is left out, and so is the name of what has no default.
    """
    defaults = {one.name: one.default for one in kinds[part.kind].signature}
    words = []
    for one in part.arguments:
        default = defaults.get(one.name)
        known = one.source in (Source.GIVEN, Source.ATTRIBUTE) and one.value.literal
        if known and one.manner not in (Manner.REST, Manner.NAMED_REST) and one.value != default:
            words.append(f"{one.name}={one.value.text}" if default else one.value.text)
    return f"{part.qualname}({', '.join(words)})"


def _foot(blueprint: Blueprint) -> Iterator[str]:
    own = [kind for kind in blueprint.classes if not kind.torch]
    yield (
        f"{_count(blueprint.parts, 'part')} of {_count(blueprint.classes, 'class', 'es')}, "
        + (f"{len(own)} of them" if own else "none of them")
        + " the reference's own"
        + (f": {_some([kind.qualname for kind in own])}" if own else "")
    )
    counts = Counter(one.effect for one in blueprint.modes.effects)
    told = [f"{count} {effect}" for effect, count in counts.items()]
    if not blueprint.modes.ran:
        told.append(f"it did not run ({blueprint.modes.failure})")
    if blueprint.modes.outputs:
        told.append("other outputs")
    if told:
        yield f"in training: {', '.join(told)}"
    tied = [row for row in blueprint.weights if row.aliases]
    if tied:
        yield f"shared: {_some([' = '.join((row.name, *row.aliases)) for row in tied])}"
    uncalled = [part.path for part in blueprint.parts if not part.calls and not part.children]
    if uncalled:
        yield f"never called: {_some(uncalled)}"
    unseen = [part.path for part in blueprint.parts if not part.captured]
    if unseen:
        yield f"constructor not seen: {_some(unseen)}"
    yield from _restless(blueprint)
    yield from (f"note: {note}" for note in blueprint.notes)


def _count(things: Sequence[object], word: str, many: str = "s") -> str:
    return f"{len(things)} {word}{many if len(things) != 1 else ''}"


def _restless(blueprint: Blueprint) -> Iterator[str]:
    found = blueprint.determinism
    if not found.build:
        yield f"two builds from one seed differ in: {_some(found.weights)}"
    if not found.evaluation:
        yield f"two runs in evaluation mode differ: {_some(found.parts or ('between the parts',))}"
    if found.training is False:
        yield "two runs in training mode from one seed differ"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _leaf(leaf: Leaf) -> str:
    if leaf.shape is None:
        return leaf.text or leaf.dtype
    return f"{leaf.dtype} {_shape(leaf.shape)}"


def _shape(sizes: Sequence[float]) -> str:
    return f"({', '.join(str(size) for size in sizes)})"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def short(count: float) -> str:
    """Write a large number with three digits and a prefix: 4.09 G."""
    value, place = float(count), 0
    while value >= _STEP and place < len(_PREFIXES) - 1:
        value, place = value / _STEP, place + 1
    digits = max(0, 3 - len(str(int(value)))) if place else 0
    return f"{value:.{digits}f} {_PREFIXES[place]}"
