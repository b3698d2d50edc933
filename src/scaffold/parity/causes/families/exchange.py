"""Tensors and layers of one shape in each other's place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scaffold.parity.causes.carried import parameters, turned
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.watch import State

    Turn = Callable[[Tensor], Tensor]

PAIRS = 400
"""Pairs of tensors to exchange; a part with more is too large to be the first that is wrong."""


@hypothesis("exchanged", "two tensors, layers or halves of one are exchanged", "D57", "D161")
def exchanged(bench: Bench) -> Iterator[Trial]:
    """Exchange pairs of equal shape: gamma and beta, query and key, two layers."""
    parts = _layers(bench)
    count = 0
    for left, right in _pairs(list(parts)):
        if _shapes(parts[left]) == _shapes(parts[right]) and count < PAIRS:
            count += 1
            pairs = [(f"{left}.{n}", f"{right}.{n}") for n in parts[left]]
            yield _swapped(pairs, f"{left} and {right}")
    yield from _right_alone(bench)
    names = [name for name, _ in parameters(bench, 1)]
    for left, right in _pairs(names):
        if bench.tensor(left).shape == bench.tensor(right).shape and count < PAIRS:
            count += 1
            trial = _swapped([(left, right)], f"{left} and {right}")
            tables = all("freq" in name or "pos" in name for name in (left, right))
            yield replace(trial, rows=("D62", "D161")) if tables else trial
    yield from _within(bench, names)
    for group in _threes(list(parts)):
        if len({tuple(_shapes(parts[one]).items()) for one in group}) == 1:
            for order in ((1, 2, 0), (2, 0, 1)):
                yield _cycled(group, order, parts[group[0]])


def _right_alone(bench: Bench) -> Iterator[Trial]:
    """Call two submodules of one kind in each other's place: each is right, but not here."""
    called = [
        path for path in dict.fromkeys(p.path for p in bench.passages) if path in bench.proved
    ]
    for left, right in list(_pairs(called))[:PAIRS]:
        one, other = bench.submodules[left], bench.submodules[right]
        if type(one) is not type(other):
            continue
        mine, theirs = dict(one.named_parameters()), dict(other.named_parameters())
        if mine and _shapes(mine) == _shapes(theirs):
            pairs = [(f"{left}.{name}", f"{right}.{name}") for name in mine]
            yield _swapped(pairs, f"{left} and {right}")


def _within(bench: Bench, names: list[str]) -> Iterator[Trial]:
    """Exchange the halves of a tensor, and lay its rows out the other way."""
    for name in names:
        shape = bench.tensor(name).shape
        for axis, size in enumerate(shape[:2]):
            if size % 2 == 0:
                words = f"with halves of axis {axis} exchanged"
                yield turned(name, partial(_halves, axis=axis), words, rank=BUILT)
            for heads in _divisors(size) if axis == 0 else ():
                words = f"with rows laid out by {heads} heads the other way"
                yield turned(name, partial(_by_heads, heads=heads), words, rank=BUILT)


def _halves(w: Tensor, axis: int) -> Tensor:
    return w.roll(w.shape[axis] // 2, axis)


def _by_heads(w: Tensor, heads: int) -> Tensor:
    return w.reshape(heads, -1, *w.shape[1:]).transpose(0, 1).reshape(w.shape)


def _divisors(size: int) -> list[int]:
    return [heads for heads in range(2, min(size, 33)) if size % heads == 0]


def _swapped(pairs: list[tuple[str, str]], place: str) -> Trial:
    def swap(state: State, _input: object) -> dict[str, Tensor]:
        found = {}
        for left, right in pairs:
            found[left], found[right] = state[right], state[left]
        return found

    return Trial(theirs=f"{place} exchanged", ours="as they are", place=place, state=swap)


def _cycled(group: tuple[str, ...], order: tuple[int, ...], names: Mapping[str, Tensor]) -> Trial:
    def turn(state: State, _input: object) -> dict[str, Tensor]:
        return {
            f"{one}.{name}": state[f"{group[place]}.{name}"]
            for one, place in zip(group, order, strict=True)
            for name in names
        }

    fresh = ", ".join(group[place] for place in order)
    return Trial(
        theirs=f"in the order {fresh}",
        ours=", ".join(group),
        place=" and ".join(group),
        state=turn,
        rank=BUILT,
    )


def _layers(bench: Bench) -> dict[str, dict[str, Tensor]]:
    """Return the submodules that own tensors, with their tensors."""
    found: dict[str, dict[str, Tensor]] = {}
    for path, module in bench.submodules.items():
        own: dict[str, Tensor] = {
            name: value
            for name, value in module.named_parameters()
            if not any(path == p or path.startswith(f"{p}.") for p in bench.proved)
        }
        if own:
            found[path] = own
    return found


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in tensors.items()}


def _pairs(names: list[str]) -> Iterator[tuple[str, str]]:
    for place, left in enumerate(names):
        for right in names[place + 1 :]:
            if not right.startswith(f"{left}."):
                yield left, right


def _threes(names: list[str]) -> Iterator[tuple[str, str, str]]:
    for place in range(len(names) - 2):
        yield names[place], names[place + 1], names[place + 2]
