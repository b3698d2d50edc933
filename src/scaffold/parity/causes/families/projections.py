"""How projections are laid out: the order in fused ones, rotary pairs, transposed factors."""

from __future__ import annotations

from functools import partial
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from scaffold.parity.causes.bench import Bench, Site, is_floating
from scaffold.parity.causes.carried import mapped, parameters
from scaffold.parity.causes.edits import argument, at, each_and_all
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Heads = Callable[[Tensor, int], Tensor]
    Turn = Callable[[Tensor], Tensor]

    from scaffold.parity.causes.watch import Edit, Made

THREE = 3
MOST_PAIRS = 24


@hypothesis("qkv-order", "the parts of a fused projection stand in another order", "D57")
def qkv_order(bench: Bench) -> Iterator[Trial]:
    """Permute what a fused tensor is split into, and the rows of fused parameters."""
    for site in bench.of("chunk", "split", "unbind", "tensor_split"):
        pieces = site.output
        count = len(pieces)
        if not 1 < count <= THREE + 1 or len({piece.shape for piece in pieces}) > 1:
            continue
        for order in permutations(range(count)):
            if order != tuple(range(count)):
                edit: Edit = lambda made, order=order: _ordered(made.run(), order)  # type: ignore[misc] # noqa: E731
                yield at(site, edit, f"order {_letters(order)}", _letters(tuple(range(count))))
    for names in _fused(bench):
        for words, turn in _turns(bench.tensor(names[0]).shape[0] // THREE):
            yield Trial(theirs=words, ours="qkv", place=names[0], state=mapped(names, turn))


@hypothesis("rotary", "rotary pairs are halves where theirs has neighbours, or the reverse", "D57")
def rotary_layout(bench: Bench) -> Iterator[Trial]:
    """Permute the rows of query and key per head between halves and neighbours."""
    layers = _layers(bench)
    pairs = [
        (*layers[left], *layers[right])
        for left, right in combinations(layers, 2)
        if bench.tensor(layers[left][0]).shape == bench.tensor(layers[right][0]).shape
    ]
    for names in pairs[:MOST_PAIRS]:
        size = bench.tensor(names[0]).shape[0]
        yield from _rotary(names, size, 1.0)
    for some in _fused(bench):
        yield from _rotary(some, bench.tensor(some[0]).shape[0] * 2 // THREE, 2 / THREE)
    for site in bench.of("cat", "stack"):
        yield from _rotated(bench, site)


@hypothesis("operand-transposed", "a factor of a matrix product is transposed", "D158")
def operand_transposed(bench: Bench) -> Iterator[Trial]:
    """Transpose one factor of a product."""

    def turned(place: int) -> Callable[[Site], tuple[Edit, str, str] | None]:
        def make(site: Site) -> tuple[Edit, str, str] | None:
            if len(site.made.args) <= place or not is_floating(site.made.args[place]):
                return None
            if site.made.args[place].ndim < 2:  # noqa: PLR2004 - a matrix
                return None
            if bench.name_of(site.made.args[place]):
                return None  # `transposed` says it of a tensor of the part

            def edit(made: Made) -> Any:  # noqa: ANN401
                args = list(made.args)
                args[place] = args[place].mT
                return made.func(*args, **made.kwargs)

            return edit, f"factor {place + 1} transposed", "as it is"

        return make

    for place in (0, 1):
        yield from each_and_all(bench.of("matmul", "bmm", "mm"), turned(place))


def _fused(bench: Bench) -> list[list[str]]:
    """Return tensors that may hold query, key and value, each with its bias."""
    return [
        names for names in _layers(bench).values() if bench.tensor(names[0]).shape[0] % THREE == 0
    ]


def _layers(bench: Bench) -> dict[str, list[str]]:
    """Return the tensors of each layer: a matrix first, and the bias that goes with it."""
    names = {name for name, _ in parameters(bench, 1)}
    found: dict[str, list[str]] = {}
    for site in bench.of("linear"):
        weight, bias = (bench.name_of(argument(site, name)) for name in ("weight", "bias"))
        if weight in names:
            found[weight] = [weight, bias] if bias in names else [weight]
    for name in sorted(names, key=lambda name: -bench.tensor(name).ndim):
        stem = name.replace("bias", "weight")
        if bench.tensor(name).ndim > 1:
            found.setdefault(name, [name])
        elif stem in found and name not in found[stem] and len(found[stem]) == 1:
            found[stem].append(name)
    return found


def _turns(width: int) -> Iterator[tuple[str, Turn]]:
    """Yield every other order of three, and both ways to lay heads out."""
    for order in permutations(range(THREE)):
        if order != (0, 1, 2):
            yield f"order {_letters(order)}", partial(_thirds, order=order)
    for heads in _divisors(width):
        yield f"split per head first ({heads}, 3, d)", partial(_interleaved, heads=heads)
        yield f"split in thirds first (3, {heads}, d)", partial(_gathered, heads=heads)


def _rotary(names: Sequence[str], size: int, share: float) -> Iterator[Trial]:
    for heads in _divisors(size):
        width = round(size / heads)
        if width % 2 or width < 4:  # noqa: PLR2004 - two pairs at least
            continue
        for words, turn in (("neighbours", _to_neighbours), ("halves", _to_halves)):

            def some(w: Tensor, turn: Heads = turn, heads: int = heads) -> Tensor:
                rows = round(w.shape[0] * share)
                return torch.cat([turn(w[:rows], heads), w[rows:]])

            yield Trial(
                theirs=f"rotary pairs are {words} ({heads} heads)",
                ours="the other",
                place=" and ".join(names),
                state=mapped(names, some),
                rank=BUILT,
            )


def _ordered(pieces: Any, order: tuple[int, ...]) -> tuple[Tensor, ...]:  # noqa: ANN401
    return tuple(pieces[place] for place in order)


def _letters(order: tuple[int, ...]) -> str:
    return "".join(("qkv" if len(order) == THREE else "abcd")[place] for place in order)


def _thirds(w: Tensor, order: tuple[int, ...]) -> Tensor:
    pieces = w.chunk(THREE, 0)
    return torch.cat([pieces[place] for place in order])


def _interleaved(w: Tensor, heads: int) -> Tensor:
    return _swapped(w, THREE, heads)


def _gathered(w: Tensor, heads: int) -> Tensor:
    return _swapped(w, heads, THREE)


def _swapped(w: Tensor, outer: int, inner: int) -> Tensor:
    return w.reshape(outer, inner, -1, *w.shape[1:]).transpose(0, 1).reshape(w.shape)


def _to_neighbours(w: Tensor, heads: int) -> Tensor:
    return w.reshape(heads, 2, -1, *w.shape[1:]).transpose(1, 2).reshape(w.shape)


def _to_halves(w: Tensor, heads: int) -> Tensor:
    width = w.shape[0] // heads
    return w.reshape(heads, width // 2, 2, *w.shape[1:]).transpose(1, 2).reshape(w.shape)


def _divisors(size: int) -> list[int]:
    return [heads for heads in range(1, min(size, 65)) if size % heads == 0]


def _rotated(bench: Bench, site: Site) -> Iterator[Trial]:
    """Turn `[-x2, x1]` into `[x2, -x1]` where a part rotates by hand."""
    pieces = argument(site, "tensors")
    if not isinstance(pieces, list | tuple) or len(pieces) != 2:  # noqa: PLR2004 - a pair
        return
    negated = [any(neg.output is piece for neg in bench.of("neg")) for piece in pieces]
    if sum(negated) == 1:
        edit: Edit = lambda made: -made.run()  # noqa: E731
        yield at(site, edit, "rotates the other way", "this way")
