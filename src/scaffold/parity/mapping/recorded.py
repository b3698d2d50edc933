"""Find a tensor among everything that was recorded of theirs, in whatever layout it lies there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from scaffold.parity import goldens
from scaffold.parity.mapping.units import units_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.golden import Bundle, Entry
    from scaffold.parity.goldens import TheirCall
    from scaffold.parity.mapping.units import Unit

CLOSE = 2e-5
"""Distance, relative to the norm, below which two tensors are one tensor in float32."""
NEAR = 1e-3
"""Distance below which they stand for each other: a wrong eps must not end the search. The proof
at the end judges by rounding alone."""
FEWEST = 3
"""A tensor of fewer elements says nothing: another may have its numbers by chance."""
_SLACK, _PEEK, _AXES = 0.01, 64, 5


@dataclass(frozen=True, slots=True)
class Found:
    """A recorded tensor that is a given one: in the layout of the given, and how far it is off."""

    hash: str
    value: Tensor
    distance: float


class Recorded:
    """What theirs did on one probe."""

    def __init__(self, bundle: Bundle, probe: str) -> None:
        self.probe = probe
        self.calls = goldens.calls_of(bundle, probe)
        self.weights = goldens.weights_of(bundle)
        self._tensors: dict[str, Tensor] = {}
        self._sizes: dict[int, tuple[list[float], list[str]]] = {}
        self.takers = _by_hash(self.calls, inputs=True)
        self.makers = _by_hash(self.calls, inputs=False)
        self._load(bundle)
        self.order = _order(self.calls, self.weights)

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """What the whole model got."""
        whole = next(call for call in self.calls if call.part == "")
        return tuple(self._tensors[entry.hash].clone() for entry in whole.inputs)

    def units(self, *, single: bool = False) -> tuple[Unit, ...]:
        """Give the units of theirs in the order in which they are used."""
        found = units_of(self.weights, single=single)
        return tuple(sorted(found, key=lambda unit: self.order[unit.part]))

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """What the whole model gave."""
        whole = next(call for call in self.calls if call.part == "")
        return tuple(self._tensors[entry.hash] for entry in whole.outputs)

    def find(self, live: Tensor, *, tolerance: float = NEAR) -> list[Found]:
        """Give every recorded tensor that is the live one up to the order of its axes."""
        live = live.detach()
        if live.numel() < FEWEST and live.is_floating_point():
            return []
        norms, hashes = self._sizes.get(live.numel(), ([], []))
        norm = _norm(live)
        low = bisect_left(norms, norm * (1 - _SLACK))
        high = bisect_right(norms, norm * (1 + _SLACK))
        found = []
        for key in hashes[low:high]:
            placed = aligned(self._tensors[key], live, tolerance)
            if placed is not None:
                found.append(Found(key, *placed))
        return sorted(found, key=lambda one: one.distance)

    def tensor(self, key: str) -> Tensor:
        """Give a recorded tensor by its hash."""
        return self._tensors[key]

    def _load(self, bundle: Bundle) -> None:
        by_size: dict[int, list[tuple[float, str]]] = {}
        for call in self.calls:
            for entry in (*call.inputs, *call.outputs):
                if entry.hash not in self._tensors:
                    value = goldens.tensor(bundle, entry)
                    self._tensors[entry.hash] = value
                    by_size.setdefault(value.numel(), []).append((_norm(value), entry.hash))
        for size, rows in by_size.items():
            rows.sort()
            self._sizes[size] = ([norm for norm, _ in rows], [key for _, key in rows])


def _by_hash(calls: Iterable[TheirCall], *, inputs: bool) -> dict[str, list[TheirCall]]:
    found: dict[str, list[TheirCall]] = {}
    for call in calls:
        entries: tuple[Entry, ...] = call.inputs if inputs else call.outputs
        for key in dict.fromkeys(entry.hash for entry in entries):
            found.setdefault(key, []).append(call)
    return found


def _order(calls: Iterable[TheirCall], keys: Iterable[str]) -> dict[str, int]:
    """Give for every part with tensors when it is first called, or what is around it."""
    first: dict[str, int] = {}
    for call in calls:
        first.setdefault(call.part, call.order)
    found: dict[str, int] = {}
    for place, key in enumerate(keys):
        part = around = key.rpartition(".")[0]
        while around and around not in first:
            around = around.rpartition(".")[0]
        found.setdefault(part, first.get(around, place))
    return found


def _norm(value: Tensor) -> float:
    flat = value.detach().to(torch.float64)
    return float(torch.where(flat.isfinite(), flat, 0.0).norm())


def aligned(theirs: Tensor, ours: Tensor, tolerance: float = NEAR) -> tuple[Tensor, float] | None:
    """Give theirs in the layout of ours, and their distance, None when they are not one tensor."""
    if theirs.numel() != ours.numel() or theirs.is_floating_point() != ours.is_floating_point():
        return None
    for value in _layouts(theirs, ours):
        distance = _apart(value, ours, tolerance)
        if distance <= tolerance:
            return value.to(ours.dtype).contiguous(), distance
    return None


def same(theirs: Tensor, ours: Tensor, tolerance: float = NEAR) -> bool:
    """Whether two tensors are one as they lie, in no other order of axes."""
    return theirs.shape == ours.shape and _apart(theirs, ours, tolerance) <= tolerance


def _layouts(theirs: Tensor, ours: Tensor) -> Iterator[Tensor]:
    yield theirs.reshape(ours.shape)
    squeezed = theirs.squeeze()
    if 1 < squeezed.ndim <= _AXES:
        for axes in permutations(range(squeezed.ndim)):
            if axes != tuple(range(squeezed.ndim)):
                yield squeezed.permute(axes).reshape(ours.shape)


def _apart(theirs: Tensor, ours: Tensor, tolerance: float) -> float:
    if not (ours.is_floating_point() and theirs.is_floating_point()):
        return 0.0 if bool((theirs == ours).all()) else float("inf")
    if theirs.numel() > _PEEK:
        few = _relative(theirs.flatten()[:_PEEK], ours.flatten()[:_PEEK])
        if not few <= max(1.0, 100 * tolerance) and tolerance < 1:
            return float("inf")
    return _relative(theirs, ours)


def _relative(theirs: Tensor, ours: Tensor) -> float:
    a, b = theirs.double(), ours.double()
    finite = a.isfinite() & b.isfinite()
    if not bool((finite | (a == b)).all()):
        return float("inf")
    gap = torch.where(finite, a - b, 0.0).norm()
    size = torch.where(finite, a, 0.0).norm()
    return float(gap / size) if size > 0 else float(gap)
