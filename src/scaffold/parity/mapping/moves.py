"""List the rearrangements that bring a tensor of one shape into another, the plainest first.

Shapes only cut what is tried. Whether a rearrangement is the right one is decided by a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from math import isqrt, prod
from typing import TYPE_CHECKING

from scaffold.parity.operators import Flip, Merge, Operator, Permute, Reshape, Split, Transpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torch import Tensor

    from scaffold.parity.mapping.units import Shape

MATRIX, KERNEL = 2, 4
GATES = (3, 4)
FUSED = (3, 2)
"""How many projections lie in one: query, key and value, or two of them."""


@dataclass(frozen=True, slots=True)
class Move:
    """Operators in their order, and how far-fetched they are."""

    cost: float
    steps: tuple[Step, ...] = ()


PLAIN = Move(0.0)


def moves(theirs: Shape, ours: Shape) -> Iterator[Move]:
    """Give the ways from theirs to ours that move whole axes."""
    if prod(theirs) != prod(ours):
        return
    if theirs == ours:
        yield PLAIN
        yield from _same_shape(theirs)
        return
    seen = set()
    if len(theirs) == len(ours):
        for axes in _orders(len(theirs)):
            if tuple(theirs[axis] for axis in axes) == ours and axes not in seen:
                seen.add(axes)
                yield Move(1.0 + 0.1 * len(seen), (Transpose(axes),))
    yield Move(1.0 if _squeezed(theirs) == _squeezed(ours) else 2.0, (_reshape(theirs, ours),))
    if _squeezed(theirs) == _squeezed(ours):
        return
    yield from _through(theirs, ours)


def _same_shape(shape: Shape) -> Iterator[Move]:
    if len(shape) == MATRIX and shape[0] == shape[1]:
        yield Move(3.0, (Transpose((1, 0)),))
    if len(shape) == KERNEL and max(shape[2:]) > 1:
        yield Move(4.0, (Flip((2, 3)),))
        if shape[2] == shape[3]:
            yield Move(4.5, (Transpose((0, 1, 3, 2)),))
    if len(shape) == KERNEL and shape[0] == shape[1] and shape[0] > 1:
        yield Move(5.0, (Transpose((1, 0, 2, 3)),))
    if len(shape) == MATRIX:
        yield from _grid(shape)


def _grid(shape: Shape) -> Iterator[Move]:
    """Give other orders of a table over the places of a square: relative positions, for one."""
    side = isqrt(shape[0])
    if side * side != shape[0] or side < MATRIX:
        return
    flat, square = (-1, shape[1]), (side, side, shape[1])
    yield Move(5.0, (Flip((0,)),))
    turned = (Reshape(square, flat), Transpose((1, 0, 2)), Reshape(flat, square))
    yield Move(5.5, turned)
    yield Move(6.0, (*turned, Flip((0,))))
    for axis in (0, 1):
        yield Move(6.5, (Reshape(square, flat), Flip((axis,)), Reshape(flat, square)))


def _through(theirs: Shape, ours: Shape) -> Iterator[Move]:
    """Reorder the axes of the finer of two shapes, around a reshape: patches, (h, w, c) for one."""
    if len(theirs) > len(ours):
        for axes in _orders(len(theirs)):
            shape = tuple(theirs[axis] for axis in axes)
            if _coarser(ours, shape):
                yield Move(4.0, (Transpose(axes), _reshape(shape, ours)))
    elif len(theirs) < len(ours):
        for axes in _orders(len(ours)):
            shape = tuple(ours[axis] for axis in axes)
            if _coarser(theirs, shape):
                back = tuple(sorted(range(len(axes)), key=axes.__getitem__))
                yield Move(4.0, (_reshape(theirs, shape), Transpose(back)))


def _coarser(coarse: Shape, fine: Shape) -> bool:
    """Whether neighbouring axes of `fine` join to `coarse`."""
    places = iter(fine)
    for size in coarse:
        held = 1
        while held < size:
            held *= next(places, size + 1)
        if held != size:
            return False
    return prod(places) == 1


def _orders(count: int) -> Iterator[tuple[int, ...]]:
    orders = permutations(range(count))
    next(orders)
    yield from orders


def _squeezed(shape: Shape) -> Shape:
    return tuple(size for size in shape if size > 1)


def _reshape(theirs: Shape, ours: Shape) -> Reshape:
    """Leave the first axis open, so that one rule serves layers of every width where it can."""
    return Reshape(_open(ours), _open(theirs))


def _open(shape: Shape) -> Shape:
    return (-1, *shape[1:]) if shape and 0 not in shape else shape


@dataclass(frozen=True, slots=True)
class Rows:
    """Another order of the rows of a weight and its bias: rotary halves, gates.

    Args:
        kind: `halves` puts the pairs of each head's rows apart, `pairs` puts them together again,
            `chunks` exchanges equal pieces, `dealt` deals the rows of a outer pieces of b inner
            ones into b outer pieces of a: from query, key and value to heads, for one.
        by: The number of heads, the order of the pieces, or the two numbers of pieces.
    """

    kind: str
    by: tuple[int, ...]

    def forward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Reorder."""
        return _applied(self.written(tuple(tensors[0].shape)), tensors)

    def written(self, shape: Shape) -> tuple[Operator, ...]:
        """Write it as operators of a weight map."""
        rows, rest = shape[0], tuple(shape[1:])
        flat, tail = (-1, *rest), tuple(range(3, 3 + len(rest)))
        if self.kind == "chunks":
            cut_up = (len(self.by), -1, *rest)
            return (Reshape(cut_up, flat), Permute(0, self.by), Reshape(flat, cut_up))
        if self.kind == "dealt":
            one, other = (*self.by, -1, *rest), (*reversed(self.by), -1, *rest)
            return (Reshape(one, flat), Transpose((1, 0, 2, *tail)), Reshape(flat, other))
        half = rows // self.by[0] // 2
        inner = (half, 2) if self.kind == "halves" else (2, half)
        before = (self.by[0], *inner, *rest)
        after = (self.by[0], *reversed(inner), *rest)
        return (Reshape(before, flat), Transpose((0, 2, 1, *tail)), Reshape(flat, after))


def _applied(steps: Iterable[Operator], tensors: list[Tensor]) -> list[Tensor]:
    for step in steps:
        tensors = step.forward(tensors)
    return tensors


Step = Operator | Rows
"""An operator, or what becomes a few of them once the shape is known."""


def row_moves(rows: int, heads: Sequence[int]) -> Iterator[Move]:
    """Give other orders of `rows` rows; `heads` are the numbers of heads that are likely."""
    for head in heads:
        if rows % (2 * head) == 0 and rows // head > MATRIX:
            yield Move(5.0, (Rows("halves", (head,)),))
            yield Move(5.2, (Rows("pairs", (head,)),))
        for count in FUSED:
            if rows % (count * head) == 0 and rows > count * head:
                yield Move(5.5, (Rows("dealt", (count, head)),))
                yield Move(5.5, (Rows("dealt", (head, count)),))
    for count in GATES:
        if rows % count == 0 and rows > count:
            for order in _orders(count):
                yield Move(7.0, (Rows("chunks", order),))


def cut(shapes: Sequence[Shape], groups: int) -> tuple[Operator, ...]:
    """Cut rows into pieces, group by group: `groups` is 1 where each piece lies in one."""
    sizes = tuple(shape[0] // groups for shape in shapes)
    rest = tuple(shapes[0][1:])
    equal = () if len(set(sizes)) == 1 else sizes
    if groups == 1:
        return (Split(0, len(shapes), equal),)
    return (
        Reshape((groups, -1, *rest), (-1, *rest)),
        Split(1, len(shapes), equal),
        Reshape((-1, *rest), (groups, -1, *rest)),
    )


def join(shapes: Sequence[Shape], groups: int) -> tuple[Operator, ...]:
    """Join pieces into rows; the inverse of `cut`."""
    return tuple(_inverse(step) for step in reversed(cut(shapes, groups)))


def _inverse(step: Operator) -> Operator:
    match step:
        case Split():
            return Merge(step)
        case Reshape():
            return Reshape(step.origin, step.shape)
        case _:
            raise AssertionError(step)


def groupings(sizes: Iterable[int], heads: Sequence[int]) -> Iterator[tuple[float, int]]:
    """Give the numbers of groups in which pieces may lie interleaved, the likely ones first."""
    sizes = tuple(sizes)
    yield 0.0, 1
    seen = {1}
    for head in heads:
        if head not in seen and all(size % head == 0 for size in sizes):
            seen.add(head)
            yield 1.0, head
    smallest = min(sizes)
    for count in range(2, smallest + 1):
        if count not in seen and all(size % count == 0 for size in sizes):
            yield 2.0 if count == smallest else 4.0, count
