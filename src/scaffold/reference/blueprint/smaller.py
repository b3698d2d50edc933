"""Look for a twin: the same reference with fewer layers and narrower ones, and every class of it.

What is tried are whole numbers among its effective arguments whose names speak of depth, width,
heads, words or image size. A trial counts when it builds, has the same classes, and has fewer
parameters; names only say what is tried. Whoever knows better gives the twin's arguments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.core.blueprint import ValueKind
from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.values import name_of
from scaffold.reference.spec.build import reference_of
from scaffold.reference.spec.literal import code
from scaffold.reference.spec.twin import twin_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.core.blueprint import Blueprint, Value
    from scaffold.reference.spec.spec import Plain, Spec

SMALL = 50_000
"""So few parameters need no twin: full goldens of them are small enough to be committed."""
LAYERS = 2
"""So many stay of what repeats: from one alone nobody can tell how it goes on."""
LEAST = 8
"""No width goes below it: norms and heads need some channels."""
FACTORS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""What widths are divided by, in turn, until the twin is small enough: the less they are changed,
the more of them stay different from each other."""
ENOUGH = 25_000
"""So few parameters that full goldens of them take about a megabyte."""
HEADS, CLASSES, WORDS, SIDES = 2, 10, 64, (32, 64, 96)

_DEPTH = re.compile(r"(^|_)(depths?|layers?|blocks?|repeats|stages?|n_layer)$")
_WIDTH = re.compile(
    r"(^|_)(dims?|width|widths|channels|chs|planes|filters|features|size|d_model|d_ff|d_kv|ffn_dim"
    r"|n_embd|n_inner|growth_rate|chans)$"
)
_NO_WIDTH = re.compile(
    r"base_width|width_per_group|in_chans|in_channels|num_channels|patch|kernel|window|img|image"
    r"|input|vocab|batch|bn_size|pool|memory|head_dim|down_kernel|output"
)
_HEADS = re.compile(r"(^|_)(heads?|n_head)$")
_CLASSES = re.compile(r"(^|_)(classes|labels)$")
_WORDS = re.compile(r"(vocab_size|n_positions|max_position_embeddings)$")
_IMAGE = re.compile(r"(^|_)(img|image)_size$")


@dataclass(slots=True)
class _Search:
    """The smallest that was found so far."""

    full: Spec
    kinds: frozenset[str]
    parameters: int
    found: dict[str, Plain] = field(default_factory=dict)

    def take(self, changes: Mapping[str, Plain]) -> bool:
        """Keep some changes beside those that were kept, if a twin comes out."""
        if not changes:
            return False
        proposed = self.found | dict(changes)
        spec = twin_spec(self.full, [f"{name}={code(value)}" for name, value in proposed.items()])
        try:
            model = reference_of(spec or self.full).build()
        except ScaffoldError:
            return False
        count = sum(one.numel() for one in model.parameters())
        kinds = {name_of(type(part)) for part in model.modules()}
        if count >= self.parameters or kinds != self.kinds:
            return False
        self.found, self.parameters = proposed, count
        return True


def smaller(spec: Spec, full: Blueprint) -> Spec | None:
    """Look for the arguments of a twin; None where nothing smaller was found, or none is needed.

    Args:
        spec: The reference.
        full: Its blueprint.
    """
    if full.parameters <= SMALL:
        return None
    numbers = _numbers(full)
    kinds = frozenset(one.kind for one in full.classes)
    search = _Search(full=spec, kinds=kinds, parameters=full.parameters)
    _each(search, numbers, _DEPTH, lambda number: min(number, LAYERS))
    for side in SIDES:
        if search.take(_changed(numbers, _IMAGE, lambda number, s=side: min(number, s))):  # type: ignore[misc]
            break
    _each(search, numbers, _CLASSES, lambda number: min(number, CLASSES))
    _each(search, numbers, _WORDS, lambda number: min(number, WORDS))
    heads = _changed(numbers, _HEADS, lambda number: min(number, HEADS))
    for factor in FACTORS:
        widths = _changed(numbers, _WIDTH, lambda number, f=factor: _narrow(number, f), _NO_WIDTH)  # type: ignore[misc]
        if search.parameters <= ENOUGH:
            break
        _ = search.take(widths | heads) or search.take(widths)
    words = [f"{name}={code(value)}" for name, value in search.found.items()]
    return twin_spec(spec, words)


def _each(
    search: _Search,
    numbers: Mapping[str, Plain],
    pattern: re.Pattern[str],
    change: Callable[[int], int],
) -> None:
    """Take all changes of a kind together, or else those that can be taken one by one."""
    changes = _changed(numbers, pattern, change)
    if not search.take(changes):
        for name, value in changes.items():
            search.take({name: value})


def _changed(
    numbers: Mapping[str, Plain],
    pattern: re.Pattern[str],
    change: Callable[[int], int],
    never: re.Pattern[str] | None = None,
) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for name, value in numbers.items():
        if not pattern.search(name) or (never is not None and never.search(name)):
            continue
        other = _mapped(value, change)
        if other != value:
            found[name] = other
    return found


def _mapped(value: Plain, change: Callable[[int], int]) -> Plain:
    if isinstance(value, tuple):
        return tuple(change(one) for one in value if isinstance(one, int))
    return change(value) if isinstance(value, int) else value


def _narrow(number: int, factor: int) -> int:
    """Divide a width, in steps of eight as hardware and groups like them."""
    if number <= LEAST:
        return number
    return max(LEAST, number // factor // LEAST * LEAST)


def _numbers(full: Blueprint) -> dict[str, Plain]:
    """Give the whole numbers, and tuples of them, that the reference was built with."""
    rows: list[tuple[str, Value]] = [(one.name, one.value) for one in full.root.arguments]
    if full.origin.config is not None:
        rows = list(zip(full.origin.config.names, full.origin.config.items, strict=True))
    found: dict[str, Plain] = {}
    for name, value in rows:
        if value.kind is ValueKind.INT:
            found[name] = int(value.text)
        elif value.items and all(item.kind is ValueKind.INT for item in value.items):
            found[name] = tuple(int(item.text) for item in value.items)
    return found
