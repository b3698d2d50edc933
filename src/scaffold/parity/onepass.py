"""Look at theirs, ours and ours in float64 once, and keep every sum that a verdict needs.

Written as whole-array expressions, the same sums take a dozen passes over memory and as many
temporaries in float64. Here a block fits the cache, every block is read once, and the buffers are
used again. NaN and infinity cost nothing to look for: where a sum of squares is finite, there are
none, and only the other blocks are looked at element by element.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

BLOCK = 2**14
"""Elements that are looked at together: three buffers of float64 fit a cache of half a megabyte."""

SHARED = 2**20
"""From so many elements on, two threads share the work; each row is still summed by one."""

SHORT = 20
"""Rows below this width are squared together: a third faster at 7, half as fast at 28."""

LONG = 96
"""Rows from this width on have a dot product each: twice as fast at 192, half as fast at 28."""

_GAP, _NOISE, _SIZE = range(3)


@dataclass(slots=True)
class Sums:
    """What one pass saw, of |theirs - exact|, of the noise, and of |exact|."""

    squares: Numbers
    """Three sums of squares for each row."""
    peaks: Numbers = field(default_factory=lambda: np.zeros(3))
    worst: int = 0
    """Where |theirs - exact| is greatest, in C order."""
    odd: int = 0
    """Where theirs or ours is NaN or infinite, and the other is not the same."""
    first_odd: int = 0
    nan: int = 0
    """Where theirs is NaN."""


def bits_equal(theirs: np.ndarray, ours: np.ndarray) -> bool:
    """Whether two arrays of one shape and dtype hold the same bytes."""
    one, other = (
        np.asarray(value, order="C").reshape(-1).view(np.uint8) for value in (theirs, ours)
    )
    step = BLOCK * theirs.itemsize
    return all(
        np.array_equal(one[at : at + step], other[at : at + step])
        for at in range(0, one.size, step)
    )


def one_pass(
    theirs: np.ndarray,
    ours: np.ndarray | None,
    exact: np.ndarray,
    *,
    noise: np.ndarray | None = None,
    moved: tuple[np.ndarray, ...] = (),
    rows: int = 1,
) -> Sums:
    """Sum over real arrays of one shape.

    Args:
        theirs: The golden.
        ours: Ours in the precision of theirs; None leaves out what is said of NaN and infinity.
        exact: Ours in float64.
        noise: What rounding does, element by element; by default `ours - exact`.
        moved: Ours again, moved by one rounding; the greatest of all distances is the noise.
        rows: How many rows have sums of their own.
    """
    given = [theirs, exact if ours is None else ours, exact, *moved]
    arrays = [np.asarray(array, order="C").reshape(-1) for array in given]
    extra = None if noise is None else np.asarray(noise, order="C").reshape(-1)
    found = Sums(np.zeros((3, rows)))
    width = theirs.size // rows if rows else 0
    if not width:
        return found
    look = _Look(arrays, extra, patterns=ours is not None)
    if theirs.size < SHARED or rows < 2:  # noqa: PLR2004 - two threads need two rows
        return look.at(0, rows, width)
    half = rows // 2
    with ThreadPoolExecutor(1) as beside:
        later = beside.submit(look.at, half, rows, width)
        return _joined(look.at(0, half, width), later.result())


class _Look:
    """The arrays of one pass; each thread has buffers of its own."""

    def __init__(
        self, arrays: list[np.ndarray], noise: np.ndarray | None, *, patterns: bool
    ) -> None:
        self._theirs, self._ours, self._exact, *self._moved = arrays
        self._noise = noise
        self._patterns = patterns

    def at(self, begin: int, end: int, width: int) -> Sums:
        """Sum over some rows, several short ones at once or a long one in pieces."""
        found = Sums(np.zeros((3, end - begin)), worst=begin * width)
        together, piece = max(1, BLOCK // width), min(width, BLOCK)
        # As long as a block, so that its squares are rows without being copied.
        buffers = np.empty((7, min(together, end - begin) * piece))
        with np.errstate(invalid="ignore", over="ignore"):
            for row in range(begin, end, together):
                count = min(together, end - row)
                rows = found.squares[:, row - begin : row - begin + count]
                for start in range(0, width, piece):
                    at = row * width + start
                    size = count * min(piece, width - start)
                    self._block(found, rows, buffers[:, :size], at)
        return found

    def _block(self, found: Sums, rows: Numbers, buffers: Numbers, at: int) -> None:
        """Add one block to the sums of its rows, and to the peaks."""
        here = slice(at, at + buffers.shape[1])
        three, spare = buffers[:3], buffers[3]
        exact = self._exact[here]
        np.subtract(self._theirs[here], exact, out=three[_GAP], dtype=np.float64)
        self._fill_noise(three[_NOISE], exact, spare, here)
        three[_SIZE] = exact
        squares = _squares(three, rows.shape[1], buffers[4:])
        if self._patterns and not np.isfinite(squares.sum()):
            self._odd(found, three, here)
            squares = _squares(three, rows.shape[1], buffers[4:])
        rows += squares
        np.abs(three, out=three)
        peaks = three.max(axis=1)
        if peaks[_GAP] > found.peaks[_GAP]:
            found.worst = at + int(three[_GAP].argmax())
        np.maximum(found.peaks, peaks, out=found.peaks)

    def _fill_noise(self, noise: Numbers, exact: np.ndarray, spare: Numbers, here: slice) -> None:
        if self._noise is not None:
            noise[:] = self._noise[here]
            return
        np.subtract(self._ours[here], exact, out=noise, dtype=np.float64)
        if not self._moved:
            return
        np.abs(noise, out=noise)
        for moved in self._moved:
            np.subtract(moved[here], exact, out=spare, dtype=np.float64)
            np.abs(spare, out=spare)
            np.fmax(noise, spare, out=noise)

    def _odd(self, found: Sums, three: Numbers, here: slice) -> None:
        """Count what is no number, and leave its places out of the sums."""
        theirs, ours = self._theirs[here], self._ours[here]
        nan = np.isnan(theirs)
        unlike = (theirs != ours) & ~(nan & np.isnan(ours))
        odd = ~(np.isfinite(theirs) & np.isfinite(ours)) & unlike
        if odd.any() and not found.odd:
            found.first_odd = here.start + int(odd.argmax())
        found.odd += int(np.count_nonzero(odd))
        found.nan += int(np.count_nonzero(nan))
        three[:, ~(np.isfinite(theirs) & np.isfinite(self._exact[here]))] = 0.0


def _squares(values: Numbers, count: int, spare: Numbers) -> Numbers:
    """Sum the squares of each of so many rows.

    A product of each row with itself pays for every row; short rows are squared all at once, and
    between the two a loop without calls is fastest.
    """
    width = values.shape[1] // count
    if width < SHORT:
        squared = np.multiply(values, values, out=spare).reshape(len(values) * count, width)
        return np.asarray(squared @ np.ones(width)).reshape(len(values), count)
    rows = values.reshape(len(values), count, width)
    if width >= LONG and hasattr(np, "vecdot"):
        return np.asarray(np.vecdot(rows, rows))
    return np.asarray(np.einsum("ijk,ijk->ij", rows, rows))


def _joined(first: Sums, second: Sums) -> Sums:
    return Sums(
        np.concatenate([first.squares, second.squares], axis=1),
        peaks=np.maximum(first.peaks, second.peaks),
        worst=second.worst if second.peaks[_GAP] > first.peaks[_GAP] else first.worst,
        odd=first.odd + second.odd,
        first_odd=first.first_odd if first.odd else second.first_odd,
        nan=first.nan + second.nan,
    )
