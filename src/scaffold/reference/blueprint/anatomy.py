"""Describe the parts of a model and their classes, and find those that are built alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.blueprint import Part, PartClass, Repeat
from scaffold.reference.blueprint.arguments import arguments, attributes, signature
from scaffold.reference.blueprint.values import module_of, name_of
from scaffold.reference.blueprint.weights import count_of
from scaffold.reference.capture import belongs
from scaffold.reference.source import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from torch import nn

    from scaffold.core.blueprint import Argument, Call, Weight
    from scaffold.reference.blueprint.values import Values
    from scaffold.reference.capture import ConstructorCall


def parts_of(
    model: nn.Module,
    *,
    built: Mapping[str, ConstructorCall],
    calls: Iterable[Call],
    weights: Iterable[Weight],
    flops: Mapping[str, int],
    values: Values,
) -> tuple[Part, ...]:
    """Describe every part in order of registration, the model itself first."""
    names: dict[int, list[str]] = {}
    for path, part in model.named_modules(remove_duplicate=False):
        names.setdefault(id(part), []).append(path)
    first: dict[str, Call] = {}
    counts: dict[str, int] = {}
    for one in calls:
        first.setdefault(one.part, one)
        counts[one.part] = counts.get(one.part, 0) + 1
    held: dict[str, list[str]] = {}
    for weight in weights:
        held.setdefault(weight.part, []).append(weight.name)
    found = []
    for path, part in model.named_modules():
        call = built.get(path)
        call = call if call is not None and belongs(call, part) else None
        given = arguments(part, call, values)
        seen = first.get(path)
        found.append(
            Part(
                path=path,
                module=module_of(type(part)),
                qualname=type(part).__qualname__,
                arguments=given,
                captured=call is not None,
                children=tuple(f"{path}.{n}" if path else n for n, _ in part.named_children()),
                aliases=tuple(names[id(part)][1:]),
                calls=counts.get(path, 0),
                inputs=seen.inputs if seen else (),
                outputs=seen.outputs if seen else (),
                weights=tuple(held.get(path, ())),
                parameters=count_of(part),
                flops=flops.get(path, 0),
                attributes=attributes(part, given, values),
            )
        )
    return tuple(found)


def classes_of(model: nn.Module, *, home: Path, values: Values) -> tuple[PartClass, ...]:
    """Describe every distinct class; one that holds others comes after them."""
    paths: dict[type[nn.Module], list[str]] = {}
    within: dict[type[nn.Module], dict[type[nn.Module], None]] = {}
    for path, part in model.named_modules():
        paths.setdefault(type(part), []).append(path)
        inner = within.setdefault(type(part), {})
        inner.update(dict.fromkeys(type(child) for child in part.children()))
    return tuple(
        PartClass(
            module=module_of(kind),
            qualname=kind.__qualname__,
            parts=tuple(paths[kind]),
            signature=signature(kind.__init__, values),
            forward=signature(kind.forward, values),
            source=place_of(kind, home),
            torch=_is_torch(kind),
            within=tuple(name_of(inner) for inner in within[kind]),
            lineage=_lineage(kind),
        )
        for kind in _small_first(within)
    )


def _small_first(
    within: Mapping[type[nn.Module], Mapping[type[nn.Module], None]],
) -> list[type[nn.Module]]:
    """Order classes so that one comes after those within it; a class may be within itself."""
    found: dict[type[nn.Module], None] = {}
    open_: set[type[nn.Module]] = set()

    def visit(kind: type[nn.Module]) -> None:
        if kind in found or kind in open_:
            return
        open_.add(kind)
        for inner in within[kind]:
            visit(inner)
        found[kind] = None

    for kind in within:
        visit(kind)
    return list(found)


def _is_torch(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "torch"


def _lineage(kind: type) -> tuple[str, ...]:
    found: list[str] = []
    for one in kind.__mro__[1:]:
        if one is object:
            break
        found.append(name_of(one))
        if _is_torch(one):
            break
    return tuple(found)


def repeats_of(parts: Sequence[Part], weights: Iterable[Weight]) -> tuple[Repeat, ...]:
    """Group the parts that are built alike: class, arguments, and the shapes of all weights."""
    inside: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    for row in weights:
        steps = row.name.split(".")
        for depth in range(len(steps)):
            around, rest = ".".join(steps[:depth]), ".".join(steps[depth:])
            inside.setdefault(around, []).append((rest, row.shape))
    groups: dict[object, list[str]] = {}
    for part in parts:
        shapes = tuple(inside.get(part.path, ()))
        told = tuple((one.name, _without_paths(one)) for one in part.arguments)
        groups.setdefault((part.kind, told, shapes), []).append(part.path)
    return tuple(
        Repeat(kind=str(key[0]), parts=tuple(paths))
        for key, paths in groups.items()
        if len(paths) > 1 and isinstance(key, tuple)
    )


def _without_paths(argument: Argument) -> str:
    """Give what an argument says, whatever the path of a part in it is."""
    kind = argument.value.kind.value
    return kind if argument.value.target and kind == "part" else argument.value.text
