"""Make the predictions that metrics are held against: ordinary ones, and those that trip them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from scaffold.core.errors import ScaffoldError
from scaffold.trace.loss import NOTHING
from scaffold.trace.nest import Outline, rebuilt
from scaffold.trace.streams import spread, stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SURE, LIKELY = 10.0, 1.0
"""What is added to the output of the target, where outputs have a standard deviation of one: `SURE`
makes it the greatest, `LIKELY` leaves about half of the predictions right."""
LAST = 3
"""The last batch has a third of the others: a mean of means is then another number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """One batch of predictions, and what they should have been."""

    leaves: dict[str, Tensor]
    target: Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """The batches of one evaluation."""

    name: str
    batches: tuple[Batch, ...]

    def given(self, structure: Outline, dtype: torch.dtype | None = None) -> list[Any]:
        """Give the batches as pairs of output and target, in the structure of the model."""
        return [
            (
                rebuilt(structure, {path: _in(leaf, dtype) for path, leaf in batch.leaves.items()}),
                batch.target.clone(),
            )
            for batch in self.batches
        ]


def cases(leaves: Mapping[str, Tensor], target: Tensor, seed: int) -> Iterator[Case]:
    """Make evaluations from a real output and target.

    `short` ends with a small batch; `ties` has equal outputs; `one-class` lacks all other classes;
    `ignored` marks targets as ignored; `single` is one sample; `right` has the targets on top.
    """
    size = len(target) if target.ndim else 0
    if not size or any(not leaf.ndim or len(leaf) != size for leaf in leaves.values()):
        return
    batches = [_batch(leaves, target, seed, number) for number in range(2)]
    few = max(1, size // LAST)
    last = Batch(
        leaves={path: leaf[:few] for path, leaf in batches[1].leaves.items()},
        target=batches[1].target[:few],
    )
    yield Case(name="short", batches=(*batches, _right(last)))
    yield Case(name="ties", batches=tuple(_tied(batch) for batch in (*batches, last)))
    yield Case(name="single", batches=(_first(batches[0]),))
    if target.is_floating_point():
        return
    one = [
        Batch(leaves=b.leaves, target=b.target.flatten()[0].expand_as(b.target).clone())
        for b in batches
    ]
    yield Case(name="one-class", batches=(*one, _right(last)))
    yield Case(name="right", batches=tuple(_right(batch) for batch in batches))
    yield Case(name="ignored", batches=tuple(_ignored(batch) for batch in (*batches, last)))


def checked(found: Any, where: str) -> dict[str, float | int]:  # noqa: ANN401 - whatever `metrics` gives
    """Give metrics as plain numbers by name; whole numbers stay whole.

    Raises:
        ScaffoldError: They are no dictionary of numbers.
    """
    if not isinstance(found, dict) or not found:
        raise ScaffoldError(
            "`metrics` must give a dictionary of numbers",
            where=where,
            remedy="return {'<metric>': number, ...}",
        )
    return {str(name): _number(name, value, where) for name, value in found.items()}


def _number(name: object, value: Any, where: str) -> float | int:  # noqa: ANN401
    plain = (
        value.item()
        if hasattr(value, "item") and getattr(value, "size", None) is not None
        else value
    )
    if isinstance(plain, bool | int | float):
        return plain
    raise ScaffoldError(
        f"the metric {name!r} is a {type(value).__name__} and no number",
        where=where,
        remedy="return one number a metric; a value for each class is a metric of its own",
    )


def _batch(leaves: Mapping[str, Tensor], target: Tensor, seed: int, number: int) -> Batch:
    drawn = {path: _like(leaf, seed, number, path) for path, leaf in leaves.items()}
    if target.is_floating_point():
        return Batch(leaves=drawn, target=_like(target, seed, number, "target"))
    low, high = int(target.min()), int(target.max())
    picked = stream(seed, "metric", "target", number).randint(low, high + 1, tuple(target.shape))
    classes = torch.from_numpy(picked).to(target.dtype)
    likely = {path: _raised(leaf, classes, LIKELY) for path, leaf in drawn.items()}
    return Batch(leaves=likely, target=classes)


def _like(leaf: Tensor, seed: int, number: int, path: str) -> Tensor:
    if not leaf.is_floating_point():
        return leaf.clone()
    return spread(leaf.shape, seed, "metric", number, path).to(leaf.dtype)


def _tied(batch: Batch) -> Batch:
    """Round to whole numbers, of which there are five or so."""
    rounded = {
        path: leaf.round() if leaf.is_floating_point() else leaf
        for path, leaf in batch.leaves.items()
    }
    return Batch(leaves=rounded, target=batch.target)


def _first(batch: Batch) -> Batch:
    return Batch(
        leaves={path: leaf[:1] for path, leaf in batch.leaves.items()}, target=batch.target[:1]
    )


def _right(batch: Batch) -> Batch:
    """Put the target on top, where targets are classes of axis one."""
    leaves = {path: _raised(leaf, batch.target, SURE) for path, leaf in batch.leaves.items()}
    return Batch(leaves=leaves, target=batch.target)


def _raised(leaf: Tensor, target: Tensor, by: float) -> Tensor:
    fits = (
        leaf.is_floating_point()
        and not target.is_floating_point()
        and leaf.ndim == target.ndim + 1
        and (leaf.shape[:1] + leaf.shape[2:]) == target.shape
        and int(target.min()) >= 0
        and int(target.max()) < leaf.shape[1]
    )
    if not fits:
        return leaf
    return leaf.scatter_add(1, target[:, None].long(), torch.full_like(leaf, by)[:, :1])


def _ignored(batch: Batch) -> Batch:
    """Mark every second target, and predict the first class there.

    Who clamps labels below zero counts such a sample, and as a right one.
    """
    target = batch.target.clone()
    target[::2] = NOTHING
    first = torch.zeros_like(target)
    raised = {path: _raised(leaf, first, SURE) for path, leaf in batch.leaves.items()}
    leaves = {path: leaf.clone() for path, leaf in batch.leaves.items()}
    for path, leaf in leaves.items():
        leaf[::2] = raised[path][::2]
    return Batch(leaves=leaves, target=target)


def _in(leaf: Tensor, dtype: torch.dtype | None) -> Tensor:
    return leaf.to(dtype) if dtype is not None and leaf.is_floating_point() else leaf.clone()
