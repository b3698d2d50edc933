"""Keep of every tensor of a run its shape, its type and a checksum, and nothing of its size.

A blueprint needs to know which tensor is which, not what is in it. So the recorder is handed a
keeper that puts a stand-in without memory (torch's `meta` device) where it would put a copy.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUM = "_scaffold_sum"


class StandIns:
    """A store for `scaffold.trace.keep.Keeper` that holds no numbers."""

    def copy(self, leaf: Tensor) -> Tensor:
        """Give a tensor of the same shape and type, without memory, that knows a checksum."""
        stand_in = torch.empty(leaf.shape, dtype=leaf.dtype, device="meta")
        setattr(stand_in, _SUM, checksum(leaf))
        return stand_in

    def release(self) -> None:
        """Nothing is held."""


def checksum(leaf: Tensor) -> int:
    """Give a number that differs when a bit of a tensor does, as good as always."""
    if leaf.layout is not torch.strided or leaf.is_quantized or not leaf.numel():
        return 0
    plain = leaf.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
    return zlib.crc32(plain.view(torch.uint8).numpy().data)


def differs(one: Any, two: Any) -> bool:  # noqa: ANN401 - nested
    """Whether two nested values have other paths, shapes, types or numbers."""
    left, right = all_leaves(one), all_leaves(two)
    return left.keys() != right.keys() or any(_of(left, path) != _of(right, path) for path in left)


def _of(leaves: Mapping[str, object], path: str) -> object:
    leaf = leaves[path]
    if not isinstance(leaf, Tensor):
        return type(leaf)
    known = getattr(leaf, _SUM, None)
    return (leaf.shape, leaf.dtype, checksum(leaf) if known is None else known)
