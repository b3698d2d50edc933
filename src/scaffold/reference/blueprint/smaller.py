"""Look for a twin: the same reference with fewer layers and narrower ones, and every class of it.

What is tried are whole numbers among its effective arguments whose names speak of depth, width,
heads, words or image size: first those that its factory takes, then those of the model's own class
(`root.depths`), which many factories fix. A trial counts when it builds, has the same classes and
fewer parameters, and runs; names only say what is tried. Whoever knows better gives the twin's
arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import torch

from scaffold.core.blueprint import InputKind
from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint import numbers as spoken
from scaffold.reference.blueprint.inputs import batch_of, given_inputs, guessed
from scaffold.reference.blueprint.numbers import changed, numbers_of, numbers_within
from scaffold.reference.blueprint.values import name_of
from scaffold.reference.spec.build import reference_of
from scaffold.reference.spec.literal import code
from scaffold.reference.spec.spec import ROOT
from scaffold.reference.spec.twin import twin_spec

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping, Sequence

    from torch import nn

    from scaffold.core.blueprint import Blueprint, Input
    from scaffold.reference.blueprint.inputs import Batch
    from scaffold.reference.spec.root import RootCall
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
MULTIPLIERS = (0.5, 0.25, 0.125)
HEADS, CLASSES, WORDS = 2, 10, 64
SIDES = (32, 64, 96)
"""Heights and widths of images that are tried."""


def smaller(spec: Spec, full: Blueprint, *, inputs: Sequence[str] = ()) -> Spec | None:
    """Look for the arguments of a twin; None where nothing smaller was found, or none is needed.

    Args:
        spec: The reference.
        full: Its blueprint.
        inputs: Descriptions of inputs, where they could not be guessed.
    """
    if full.parameters <= SMALL:
        return None
    search = _Search(
        full=spec,
        kinds=frozenset(one.kind for one in full.classes),
        parameters=full.parameters,
        inputs=given_inputs(inputs),
        rows=full.inputs,
        numbers=numbers_of(full),
    )
    _shrink(search)
    if search.parameters > SMALL and search.reach_the_root():
        _shrink(search)
    return search.spec


@dataclass(slots=True)
class _Search:
    """The smallest that was found so far."""

    full: Spec
    kinds: frozenset[str]
    parameters: int
    inputs: Sequence[Input]
    """What a person said of the inputs; nothing where they are guessed."""
    rows: Sequence[Input]
    """What the full one takes."""
    numbers: Mapping[str, Plain]
    """What can be changed."""
    found: dict[str, Plain] = field(default_factory=dict)
    root: RootCall | None = None
    """What the model's own class is given, once its arguments are those that are changed."""
    of_root: dict[str, Plain] = field(default_factory=dict)

    @property
    def spec(self) -> Spec | None:
        """The spec of what was found."""
        named = self.found | {f"{ROOT}{name}": value for name, value in self.of_root.items()}
        return twin_spec(self.full, [f"{name}={code(value)}" for name, value in named.items()])

    def reach_the_root(self) -> bool:
        """Turn to the arguments of the model's own class; False where they cannot be seen."""
        try:
            self.root = reference_of(self.spec or self.full).root()
        except ScaffoldError:
            return False
        self.numbers = numbers_within(self.root.arguments)
        return True

    def take(self, changes: Mapping[str, Plain], *, as_many: bool = False) -> bool:
        """Keep some changes beside those that were kept, if a twin comes out.

        It has fewer parameters, or `as_many`: smaller images make smaller goldens too.
        """
        if not changes:
            return False
        before = self.found if self.root is None else self.of_root
        proposed = before | dict(changes)
        try:
            count = self._fitting(proposed, limit=self.parameters + as_many)
        except ScaffoldError:
            return False
        if count:
            before.update(changes)
            self.parameters = count
        return count > 0

    def _fitting(self, proposed: Mapping[str, Plain], *, limit: int) -> int:
        """Count the parameters of a twin; 0 where it has not what a twin needs.

        Raises:
            ScaffoldError: It cannot be built, or does not run.
        """
        if self.root is None:
            words = [f"{name}={code(value)}" for name, value in proposed.items()]
            reference = reference_of(twin_spec(self.full, words) or self.full)
            model = reference.build()
        else:
            reference = reference_of(self.full)
            with reference.factory.imports():
                model = self.root.again(proposed)
        count = sum(one.numel() for one in model.parameters())
        kinds = {name_of(type(part)) for part in model.modules()}
        if count >= limit or kinds != self.kinds:
            return 0
        with reference.factory.imports():
            _run(model, self.inputs, self.rows)
        return count


def _shrink(search: _Search) -> None:
    """Make everything small that a search can change: layers first, widths until it is enough."""
    numbers = search.numbers
    _each(search, spoken.DEPTH, lambda number: min(number, LAYERS))
    for side in SIDES:
        smaller_images = changed(numbers, spoken.IMAGE, lambda number, s=side: min(number, s))  # type: ignore[misc]
        if search.take(smaller_images, as_many=True):
            break
    _each(search, spoken.CLASSES, lambda number: min(number, CLASSES))
    _each(search, spoken.WORDS, lambda number: min(number, WORDS))
    for factor in MULTIPLIERS:
        search.take(spoken.multiplied(numbers, factor))
    heads = changed(numbers, spoken.HEADS, lambda number: min(number, HEADS))
    head_widths = changed(numbers, spoken.HEAD_WIDTH, lambda number: min(number, LEAST))
    for factor in FACTORS:
        if search.parameters <= ENOUGH:
            break
        widths = changed(numbers, spoken.WIDTH, partial(_narrow, factor=factor), spoken.NO_WIDTH)
        ways = (widths | heads, widths, widths | head_widths, widths | heads | head_widths)
        any(search.take(way) for way in {tuple(one.items()): one for one in ways}.values())


def _each(search: _Search, pattern: re.Pattern[str], change: Callable[[int], int]) -> None:
    """Take all changes of a kind together, or else those that can be taken one by one."""
    changes = changed(search.numbers, pattern, change)
    if not search.take(changes):
        for name, value in changes.items():
            search.take({name: value})


def _narrow(number: int, factor: int) -> int:
    """Divide a width, in steps of eight as hardware and groups like them."""
    if number <= LEAST:
        return number
    return max(LEAST, number // factor // LEAST * LEAST)


def _run(model: nn.Module, inputs: Sequence[Input], rows: Sequence[Input]) -> None:
    """Run a model on small images, or else on what was given or is guessed.

    Raises:
        ScaffoldError: It runs on nothing that is known or guessed.
    """
    attempt = partial(_forward, model.eval())
    if not inputs and rows[0].kind is InputKind.IMAGE and not rows[0].path:
        for side in SIDES:
            small = replace(rows[0], shape=(*rows[0].shape[:2], *(side for _ in rows[0].shape[2:])))
            try:
                return attempt(batch_of([small, *rows[1:]], seed=0))
            except Exception:  # noqa: BLE001, S112 - whatever a stranger's model raises on a wrong size
                continue
    guessed(model, inputs, seed=0, where="", attempt=attempt)
    return None


def _forward(model: nn.Module, batch: Batch) -> None:
    with torch.no_grad():
        model(*batch.args, **batch.kwargs)
