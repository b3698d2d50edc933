"""Keep what a run hands around, each tensor once.

What one part gives, the next one takes, and the container around both gives again: a tensor is
seen about four times, and to copy it four times would cost more than a small model does. A second
sight needs no second copy when the tensor seen before still lives, lies at the same place in the
same form, and its version counter says that nobody has written to it since. Where torch keeps no
such counter (inference mode, sparse and nested tensors), every sight is copied.

Two things write past the counter, for autograd as for us: code that goes through `.data`, and numpy
arrays that share the memory. What is seen first is right even then.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from math import prod
from typing import Any, Protocol

import torch
from torch import Tensor

from scaffold.trace.swap import swapped

CHUNK_BYTES = 8 * 2**20
"""How much memory is asked for at once; it is given back when no copy in it is left."""

SMALL_BYTES = 2**16
"""Below this, finding a place costs more than what the allocator of torch needs."""

_LINE = 64


class Store(Protocol):
    """Makes the copies of a run, or what stands for them."""

    def copy(self, leaf: Tensor) -> Tensor:
        """Give a copy of a tensor, or a tensor that stands for one."""

    def release(self) -> None:
        """Give memory back that need not be held."""


class Keeper:
    """The copies of one run."""

    def __init__(self, *, on_disk: bool = False, store: Store | None = None) -> None:
        """Prepare one run.

        Args:
            on_disk: Keep large copies in a file that memory need not hold.
            store: Makes the copies, where they are not to be whole ones.
        """
        self._seen: dict[int, _Sight] = {}
        self._forms: dict[tuple[object, ...], _Sight] = {}
        self._store: Store = store or _Store(on_disk=on_disk)

    def release(self) -> None:
        """Give the memory back that was filled by looking at copies that are on disk."""
        self._store.release()

    def kept(self, value: Any) -> Any:  # noqa: ANN401 - of the type of `value`
        """Give a copy of a nested value; its tensors are shared, and nobody may write to them."""
        if isinstance(value, Tensor):
            return self._copy(value)
        if not value and type(value) is dict:
            return {}
        if type(value) is tuple and all(isinstance(leaf, Tensor) for leaf in value):
            return tuple([self._copy(leaf) for leaf in value])
        return swapped(
            value, lambda _, leaf: self._copy(leaf) if isinstance(leaf, Tensor) else leaf
        )

    def _copy(self, leaf: Tensor) -> Tensor:
        sight = self._seen.get(id(leaf))
        if sight is not None and sight.seen() is leaf and sight.still():
            return sight.copy
        if leaf.is_inference() or leaf.layout is not torch.strided or leaf.is_nested:
            return leaf.detach().clone()
        sight = self._seen[id(leaf)] = self._alias(leaf)
        return sight.copy

    def _alias(self, leaf: Tensor) -> _Sight:
        """Find a sight of the same memory in the same form under another object, or make one."""
        form = (
            leaf.data_ptr(),
            leaf.dtype,
            leaf.shape,
            leaf.stride(),
            leaf.is_conj(),
            leaf.is_neg(),
        )
        sight = self._forms.get(form)
        if sight is None or not sight.still() or sight.version != leaf._version:  # noqa: SLF001
            sight = self._forms[form] = _Sight(leaf, self._store.copy(leaf.detach()))
            return sight
        return _Sight(leaf, sight.copy)


class _Sight:
    """A tensor as it was seen, and the copy that was made of it."""

    __slots__ = ("copy", "place", "seen", "version")

    def __init__(self, leaf: Tensor, copy: Tensor) -> None:
        self.seen = weakref.ref(leaf)
        self.place = leaf.data_ptr()
        self.version = leaf._version  # noqa: SLF001 - the counter has no public name
        self.copy = copy

    def still(self) -> bool:
        """Whether the tensor lives, lies where it lay, and was not written to."""
        leaf = self.seen()
        return (
            leaf is not None
            and leaf._version == self.version  # noqa: SLF001
            and leaf.data_ptr() == self.place
        )


class _Store:
    """Memory for copies, in huge pages where the system has them, or in a file.

    A copy that is kept needs memory of its own, and in pages of 4 KB to be given that memory costs
    four times as much as to fill it. In a file, what is not looked at costs no memory at all.
    """

    def __init__(self, *, on_disk: bool) -> None:
        self._chunk: mmap.mmap | None = None
        self._used = 0
        self._files = on_disk
        self._on_disk: list[mmap.mmap] = []

    def copy(self, leaf: Tensor) -> Tensor:
        size = leaf.nbytes
        dense = leaf.is_contiguous() or leaf.is_contiguous(memory_format=torch.channels_last)
        plain = type(leaf) is Tensor and leaf.device.type == "cpu" and dense
        if size < SMALL_BYTES or not plain or not _HUGE:
            return leaf.clone()
        flat = torch.frombuffer(
            self._room(size), dtype=leaf.dtype, count=prod(leaf.shape), offset=self._used
        )
        self._used += -(-size // _LINE) * _LINE
        return flat.as_strided(leaf.shape, leaf.stride()).copy_(leaf)

    def release(self) -> None:
        for chunk in self._on_disk:
            chunk.madvise(mmap.MADV_DONTNEED)

    def _room(self, size: int) -> mmap.mmap:
        """Give the memory in which so many bytes are free after the used ones."""
        if self._chunk is None or self._used + size > len(self._chunk):
            self.release()
            length = -(-max(size, CHUNK_BYTES) // CHUNK_BYTES) * CHUNK_BYTES
            self._chunk = _filed(length) if self._files else None
            if self._chunk is not None:
                self._on_disk.append(self._chunk)
            else:
                self._chunk = _anonymous(length)
            self._used = 0
        return self._chunk


def _filed(length: int) -> mmap.mmap | None:
    """Give a file without a name, mapped; None where the disk is full."""
    with tempfile.TemporaryFile() as file:
        try:
            # Reserved now: to write to a page that the disk has no room for would end the process.
            os.posix_fallocate(file.fileno(), 0, length)
        except OSError:
            return None
        return mmap.mmap(file.fileno(), length)


def _anonymous(length: int) -> mmap.mmap:
    chunk = mmap.mmap(-1, length, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    chunk.madvise(mmap.MADV_HUGEPAGE)
    return chunk


_HUGE = hasattr(mmap, "MADV_HUGEPAGE")
