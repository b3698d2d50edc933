"""Tell two tensors apart by a few hundred bytes of each: signed random projections.

Every element gets a sign from a frozen stream and is added to one of `BUCKETS` sums, the next
element to the next sum. For a difference d between two tensors, the squares of the differences of
their sums add up to ||d||^2 on average, whatever d looks like: a count sketch (Charikar, Chen and
Farach-Colton, 2002). Norms, checksums by XOR, minima and maxima do not see that rows were exchanged
or a sign was flipped; signed sums do, because no two elements share a sign pattern.

A sketch is linear, takes one pass over the tensor, and has the same bits on every machine: only
multiplications by one and element-wise sums in a fixed order are used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUCKETS = 23
"""How many sums: a prime that divides neither the usual widths nor the counts of tokens (n^2 + 1),
so that one column or one token is spread over all of them."""
SPREAD = 1.75
"""A ratio of two norms, both taken from sketches, is right within this factor 99 times in 100 (the
F distribution with 23 and 23 degrees of freedom); one changed element is measured exactly."""
SAMPLES = 6
"""How many elements are kept as they are, to be shown."""

BLOCK = BUCKETS * 1024
_BANK = 4 * BLOCK + 61
_FLIP = 1 << 31
_SEED = 0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sketch:
    """What is kept of one tensor."""

    dtype: str
    shape: tuple[int, ...]
    sums: NDArray[np.float64]
    """The signed sums over the finite elements, `BUCKETS` of them."""
    norm: float
    """Of the finite elements."""
    sample: NDArray[np.float64]
    """The elements at `places(shape)`."""
    odd: str = ""
    """How many elements are NaN or infinite and a digest of where; empty when none is."""

    @property
    def size(self) -> int:
        """How many elements the tensor has."""
        return math.prod(self.shape)

    def same(self, other: Sketch) -> bool:
        """Whether the two tensors are equal, as far as the sketches tell: to the bit."""
        return (
            (self.dtype, self.shape, self.odd) == (other.dtype, other.shape, other.odd)
            and self.sums.tobytes() == other.sums.tobytes()
            and self.sample.tobytes() == other.sample.tobytes()
        )


def sketch(array: np.ndarray, *, dtype: str = "") -> Sketch:
    """Take the sketch of a tensor in one pass.

    Args:
        array: Real, complex, whole or bool; complex numbers count as pairs.
        dtype: The name of its type where numpy does not have it (bfloat16, given as float32).
    """
    name, shape = dtype or str(array.dtype), tuple(array.shape)
    flat = _real(np.ascontiguousarray(array)).reshape(-1)
    sums, norm = _summed(flat)
    odd = ""
    if not (np.isfinite(sums).all() and math.isfinite(norm)):
        finite = np.isfinite(flat)
        odd = "" if finite.all() else _odd(flat, finite)
        sums, norm = _summed(np.where(finite, flat, flat.dtype.type(0)))
    sample = flat[_flat_places(flat.size)].astype(np.float64)
    return Sketch(dtype=name, shape=shape, sums=sums, norm=norm, sample=sample, odd=odd)


def places(shape: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Give the coordinates of the elements that a sketch of that shape keeps."""
    found = np.unravel_index(_flat_places(math.prod(shape)), shape or (1,))
    return tuple(tuple(int(i) for i in place) for place in zip(*found, strict=True))


def distance(one: Sketch, other: Sketch) -> float:
    """Estimate the norm of the difference of two tensors from their sketches."""
    return float(np.sqrt(np.square(one.sums - other.sums).sum()))


def stream(seed: int, *path: object) -> np.random.RandomState:
    """Return the frozen stream of a seed and a path.

    As in `scaffold.trace.streams`, which needs torch; a test holds the two against each other.
    """
    text = "/".join(str(step) for step in (seed, *path))
    return np.random.RandomState(
        int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big")
    )


def _summed(flat: np.ndarray) -> tuple[NDArray[np.float64], float]:
    """Give the signed sums and the norm, block by block; the order of every sum is fixed."""
    width = min(BLOCK, -(-max(flat.size, 1) // BUCKETS) * BUCKETS)
    sums, squares = np.zeros(width), np.zeros(width)
    wide, product = np.empty(width), np.empty(width)
    bank, starts = _bank(), _starts(-(-flat.size // BLOCK))
    with np.errstate(invalid="ignore", over="ignore"):
        for number, start in enumerate(starts):
            block = flat[number * BLOCK : (number + 1) * BLOCK]
            here = slice(0, block.size)
            wide[here] = block
            window = bank[start % _FLIP : start % _FLIP + block.size]
            np.multiply(wide[here], window, out=product[here])
            add = np.subtract if start >= _FLIP else np.add
            add(sums[here], product[here], out=sums[here])
            np.multiply(wide[here], wide[here], out=product[here])
            np.add(squares[here], product[here], out=squares[here])
        total = squares.reshape(-1, BUCKETS).sum(axis=0)
        norm = math.sqrt(sum(total.tolist()))
        return sums.reshape(-1, BUCKETS).sum(axis=0), norm


def _real(array: np.ndarray) -> np.ndarray:
    if np.iscomplexobj(array):
        return np.stack([array.real, array.imag], axis=-1)
    return array


def _odd(flat: np.ndarray, finite: np.ndarray) -> str:
    kinds = np.where(finite, 0, np.where(np.isnan(flat), 1, np.where(flat > 0, 2, 3)))
    digest = blake2b(kinds.astype(np.uint8).tobytes(), digest_size=8).hexdigest()
    return f"{int((~finite).sum())} {digest}"


@lru_cache(maxsize=4096)
def _flat_places(size: int) -> NDArray[np.int64]:
    """Give where the kept elements stand: by the frozen stream of that size, in order."""
    if size == 0:
        return np.zeros(0, dtype=np.int64)
    drawn = np.frombuffer(stream(_SEED, "sketch", "sample", size).bytes(8 * SAMPLES), dtype="<u8")
    return np.sort(drawn % size).astype(np.int64)


@cache
def _bank() -> NDArray[np.float64]:
    """Give the signs of which every block takes a window."""
    drawn = np.frombuffer(stream(_SEED, "sketch", "signs").bytes(_BANK // 8 + 1), dtype=np.uint8)
    return (2.0 * np.unpackbits(drawn)[:_BANK] - 1.0).astype(np.float64)


@lru_cache(maxsize=256)
def _starts(blocks: int) -> list[int]:
    """Give per block the start of its window, and in the highest bit whether it is turned over.

    The first windows of a longer tensor are those of a shorter one. Without the turn, two blocks
    whose windows overlap would add up or cancel together.
    """
    drawn = np.frombuffer(stream(_SEED, "sketch", "windows").bytes(8 * blocks), dtype="<u4")
    pairs = drawn.reshape(-1, 2).tolist()
    return [start % (_BANK - BLOCK) + _FLIP * (turn & 1) for start, turn in pairs]
