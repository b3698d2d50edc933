"""Say what can be trained on, and on which loss: as much as shapes tell, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scaffold.core.blueprint import InputKind
from scaffold.core.blueprint.flat import flat
from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scaffold.core.blueprint import Blueprint, Input


class Data(StrEnum):
    """Where real samples come from that need no download."""

    DIGITS = "digits"
    """scikit-learn's digits, brought to the size of the model's images."""
    TEXT = "text"
    """English text that Python itself carries, as bytes."""
    DRAWN = "drawn"
    """Nothing ships that fits: numbers drawn by the description of the inputs."""


class Loss(StrEnum):
    """What is minimised until a person writes the reference's own loss."""

    CLASSES = "classes"
    """Cross entropy of one row of scores a sample."""
    TOKENS = "tokens"
    """Cross entropy of the next token."""
    SQUARES = "squares"
    """The mean square of what comes out: a stand-in where shapes tell no task."""
    OWN = "own"
    """The losses that the model itself gives in training mode, as detection models do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """How a repository trains before anybody has decided anything."""

    data: Data
    loss: Loss
    inputs: tuple[Input, ...]
    """In the order in which the model is called with them."""
    classes: int = 0
    """How many scores a row has; 0 where the loss needs none."""
    beside: tuple[tuple[float, str], ...] = ()
    """What fills each input beside the tokens, and its type: 1 a mask, as nothing is padded."""


def task_of(blueprint: Blueprint) -> Task:
    """Find out how a reference can be trained.

    Raises:
        ScaffoldError: It takes no tensor at all.
    """
    inputs = flat(blueprint.inputs)
    if not inputs:
        raise ScaffoldError(
            "forward takes no tensor, and goldens are recorded of models that are called with some",
            where=blueprint.origin.spec,
            remedy="write a factory whose model takes tensors, and name it: file:PATH.py:FACTORY",
        )
    first = inputs[0]
    stand_in = Loss.OWN if _gives_losses(blueprint) else Loss.SQUARES
    shapes = [leaf.shape for leaf in blueprint.outputs if leaf.shape and "float" in leaf.dtype]
    if len(inputs) == 1 and first.kind is InputKind.IMAGE and len(first.shape) == len("BCHW"):
        classes = _last(shapes, first.shape[:1], least=1)
        loss = Loss.CLASSES if classes else stand_in
        return Task(data=Data.DIGITS, loss=loss, inputs=inputs, classes=classes)
    beside = _fillings(first, inputs[1:])
    if beside is not None and first.kind is InputKind.TOKENS and len(first.shape) == len("BT"):
        words = _last(shapes, first.shape, least=int(first.high or 0) + 1)
        loss = Loss.TOKENS if words else stand_in
        return Task(data=Data.TEXT, loss=loss, inputs=inputs, classes=words, beside=beside)
    return Task(data=Data.DRAWN, loss=stand_in, inputs=inputs)


def _fillings(first: Input, rest: Sequence[Input]) -> tuple[tuple[float, str], ...] | None:
    """Say what the inputs beside the tokens are filled with; None where one has to be known."""
    known = (InputKind.MASK, InputKind.CONSTANT)
    if any(row.kind not in known or row.shape != first.shape for row in rest):
        return None
    return tuple((1.0 if row.kind is InputKind.MASK else row.low or 0.0, row.dtype) for row in rest)


def _gives_losses(blueprint: Blueprint) -> bool:
    """Whether all that comes out in training mode, and in no other, is named numbers."""
    given = blueprint.modes.outputs
    return bool(given) and all(
        one.path and one.shape == () and "float" in one.dtype for one in given
    )


def _last(shapes: Iterable[tuple[int, ...]], before: tuple[int, ...], *, least: int) -> int:
    """Give the last axis of the first output that has these axes before it; 0 where none has."""
    fitting = (s[-1] for s in shapes if s[:-1] == before and s[-1] >= least)
    return next(fitting, 0)
