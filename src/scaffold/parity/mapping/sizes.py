"""Let a map that was found on the twin hold for the full size too.

A reshape names lengths, and one of them may stand open. Which one is free to choose on the twin,
and decides whether the rule fits a wider model.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import torch

from scaffold.parity.mapfile import WeightRule
from scaffold.parity.operators import Reshape
from scaffold.parity.structure import structure_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

    from scaffold.core.comparison import RungRow
    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

Shapes = dict[str, tuple[int, ...]]
SHOWN = 3


def full_shapes(bundle: Bundle, candidate: Subject) -> tuple[Shapes, Shapes]:
    """Give the shapes of every key in the full size, of theirs and of ours."""
    table = bundle.table("structure")["full"]
    theirs = {name: tuple(shape) for name, shape, _ in (*table["parameters"], *table["buffers"])}
    with torch.random.fork_rng(devices=[]):
        state = candidate.build("full").state_dict()
    return theirs, {name: tuple(value.shape) for name, value in state.items()}


def opened(rule: WeightRule, twin: Mapping[str, Tensor], full: tuple[Shapes, Shapes]) -> WeightRule:
    """Leave another axis of a rule's reshape open, where the full size asks for it."""
    places = [number for number, step in enumerate(rule.steps) if isinstance(step, Reshape)]
    theirs, ours = full
    known = all(key in theirs for key in rule.theirs) and all(key in ours for key in rule.ours)
    if len(places) != 1 or not known:
        return rule
    small = [tuple(twin[key].shape) for key in rule.theirs]
    wanted = _shapes(rule, small)
    large, target = [theirs[key] for key in rule.theirs], [ours[key] for key in rule.ours]
    if wanted is None or _shapes(rule, large) == target:
        return rule
    around = _around(rule, places[0], small)
    for other in _variants(rule, places[0], around):
        if _shapes(other, small) == wanted and _shapes(other, large) == target:
            return other
    return rule


def _variants(
    rule: WeightRule, place: int, shapes: tuple[list[int], list[int]]
) -> Iterator[WeightRule]:
    """Leave each axis of the new shape open in turn, and each of the old one."""
    for i, j in product(range(len(shapes[0])), range(len(shapes[1]))):
        made = [list(shapes[0]), list(shapes[1])]
        made[0][i] = made[1][j] = -1
        steps = (*rule.steps[:place], Reshape(tuple(made[0]), tuple(made[1])))
        yield WeightRule(rule.theirs, rule.ours, (*steps, *rule.steps[place + 1 :]))


def _around(
    rule: WeightRule, place: int, shapes: list[tuple[int, ...]]
) -> tuple[list[int], list[int]]:
    """Give the shapes after and before one step, in numbers."""
    made = [torch.empty(shape, device="meta") for shape in shapes]
    for step in rule.steps[:place]:
        made = step.forward(made)
    before = list(made[0].shape)
    return list(rule.steps[place].forward(made)[0].shape), before


def _shapes(rule: WeightRule, shapes: list[tuple[int, ...]]) -> list[tuple[int, ...]] | None:
    """Give the shapes that a rule makes, None when it does not fit or is not undone."""
    given = [torch.empty(shape, device="meta") for shape in shapes]
    try:
        made = given
        for step in rule.steps:
            made = step.forward(made)
        back = made
        for step in reversed(rule.steps):
            back = step.backward(back)
    except (RuntimeError, ValueError):
        return None
    if [tuple(value.shape) for value in back] != shapes:
        return None
    return [tuple(value.shape) for value in made]


def in_full_size(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[str, ...]:
    """Say where a map that holds for the twin does not fit the full size."""
    wrong = [row for row in structure_rows(bundle, candidate, weights) if _is_wrong(row)]
    said = [f"{row.item}: {row.judgement.reason}" for row in wrong[:SHOWN]]
    return tuple(f"fits the twin, and not the full size ({text})" for text in said)


def _is_wrong(row: RungRow) -> bool:
    return row.item.startswith("full: ") and not row.judgement.verdict.agrees
