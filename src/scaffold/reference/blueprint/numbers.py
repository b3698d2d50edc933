"""Find the numbers that a model is built with, and say which of them speak of its size."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint import ValueKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scaffold.core.blueprint import Blueprint, Value
    from scaffold.reference.spec.spec import Plain

DEPTH = re.compile(r"(^|_)(depths?|layers?|blocks?|block_config|repeats|stages?|n_layer|d)$")
WIDTH = re.compile(
    r"(^|_)(dims?|width|widths|channels|chs|planes|filters|features|size|d_model|d_ff|d_kv|ffn_dim"
    r"|n_embd|n_inner|growth_rate|chans|c|w0|w_0)$"
)
NO_WIDTH = re.compile(
    r"base_width|width_per_group|in_chans|in_channels|num_channels|patch|kernel|window|img|image"
    r"|input_size|inputs?$|vocab|batch|bn_size|pool|memory|head_dim|dim_head|down_kernel|output"
)
HEADS = re.compile(r"(^|_)(heads?|n_head)$")
HEAD_WIDTH = re.compile(r"(^|_)(head_dim|dim_head)$")
CLASSES = re.compile(r"(^|_)(classes|labels)$")
WORDS = re.compile(r"(vocab_size|n_positions|max_position_embeddings)$")
IMAGE = re.compile(r"(^|_)(img|image)_size$")
MULTIPLIER = re.compile(r"(^|_)(width_mult|width_factor|channel_multiplier|alpha)$")
"""Real numbers that every width is multiplied by."""
DEEPEST = 4
"""So far is looked into what an argument holds: a configuration, its lists, their items."""


def numbers_of(full: Blueprint) -> dict[str, Plain]:
    """Give the numbers, and tuples of whole ones, that the reference was built with."""
    rows: list[tuple[str, Value]] = [(one.name, one.value) for one in full.root.arguments]
    if full.origin.config is not None:
        rows = list(zip(full.origin.config.names, full.origin.config.items, strict=True))
    found: dict[str, Plain] = {}
    for name, value in rows:
        if value.kind is ValueKind.INT:
            found[name] = int(value.text)
        elif value.kind is ValueKind.FLOAT:
            found[name] = float(value.text)
        elif value.items and all(item.kind is ValueKind.INT for item in value.items):
            found[name] = tuple(int(item.text) for item in value.items)
    return found


def numbers_within(arguments: Mapping[str, Any]) -> dict[str, Plain]:
    """Give those that stand in the arguments themselves, by dotted name, however they nest."""
    found: dict[str, Plain] = {}

    def look(name: str, value: Any, deep: int) -> None:  # noqa: ANN401 - any argument
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[name] = value
        elif isinstance(value, list | tuple) and value and all(type(one) is int for one in value):
            found[name] = tuple(value)
        elif deep < DEEPEST:
            for step, inner in _inside(value):
                look(f"{name}.{step}" if name else step, inner, deep + 1)

    look("", dict(arguments), -1)
    return found


def _inside(value: Any) -> Iterable[tuple[str, Any]]:  # noqa: ANN401 - any argument
    """Give what a value holds, by name: entries, items, fields, or plain attributes."""
    if isinstance(value, Mapping):
        return [(name, one) for name, one in value.items() if isinstance(name, str)]
    if dataclasses.is_dataclass(value):
        return [(one.name, getattr(value, one.name)) for one in dataclasses.fields(value)]
    if hasattr(value, "_fields"):
        return list(value._asdict().items())
    if isinstance(value, list | tuple):
        return [(str(place), one) for place, one in enumerate(value)]
    if callable(value) or isinstance(value, str) or not hasattr(value, "__dict__"):
        return []
    return [(name, one) for name, one in vars(value).items() if not name.startswith("_")]


def changed(
    numbers: Mapping[str, Plain],
    pattern: re.Pattern[str],
    change: Callable[[int], int],
    never: re.Pattern[str] | None = None,
) -> dict[str, Plain]:
    """Change the numbers of a kind; those that stay the same are left out."""
    found: dict[str, Plain] = {}
    for name, value in numbers.items():
        last = next(step for step in reversed(name.split(".")) if not step.isdigit())
        if not pattern.search(last) or (never is not None and never.search(last)):
            continue
        other = _mapped(value, change)
        if other != value:
            found[name] = other
    return found


def _mapped(value: Plain, change: Callable[[int], int]) -> Plain:
    """Change what is whole, in its own type: some configurations have widths such as 48.0."""
    if isinstance(value, tuple):
        return tuple(change(one) for one in value if isinstance(one, int))
    if isinstance(value, float):
        return float(change(int(value))) if value.is_integer() else value
    return change(value) if isinstance(value, int) else value


def multiplied(numbers: Mapping[str, Plain], factor: float) -> dict[str, Plain]:
    """Give the multipliers of all widths that are greater than a factor, as that factor."""
    return {
        name: factor
        for name, value in numbers.items()
        if MULTIPLIER.search(name.rpartition(".")[2])
        and isinstance(value, float)
        and value > factor
    }
