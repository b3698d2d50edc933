"""Rearrange weights on their way from theirs to ours, and back again.

Every operator moves numbers and computes none, so each has an inverse that is exact to the bit, and
what is done to a weight may be done to its gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Split:
    """Cut one tensor along an axis: into equal pieces, or into pieces of given sizes."""

    axis: int
    into: int
    sizes: tuple[int, ...] = ()

    def forward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Cut."""
        (whole,) = tensors
        length = whole.shape[self.axis]
        if not self.sizes and length % self.into:
            raise ValueError(f"axis {self.axis} of length {length} has no {self.into} equal parts")
        sizes = self.sizes or (length // self.into,) * self.into
        return [piece.contiguous() for piece in torch.split(whole, list(sizes), dim=self.axis)]

    def backward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Join."""
        return [torch.cat(tensors, dim=self.axis)]


@dataclass(frozen=True, slots=True)
class Merge:
    """Join tensors along an axis; the inverse of a split."""

    cut: Split

    def forward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Join."""
        return self.cut.backward(tensors)

    def backward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Cut."""
        return self.cut.forward(tensors)


@dataclass(frozen=True, slots=True)
class Transpose:
    """Put the axes in another order."""

    axes: tuple[int, ...]

    def forward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Reorder."""
        return [tensor.permute(self.axes).contiguous() for tensor in tensors]

    def backward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Reorder back."""
        back = sorted(range(len(self.axes)), key=lambda place: self.axes[place])
        return [tensor.permute(back).contiguous() for tensor in tensors]


@dataclass(frozen=True, slots=True)
class Flip:
    """Reverse some axes; its own inverse."""

    axes: tuple[int, ...]

    def forward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Reverse."""
        return [tensor.flip(self.axes) for tensor in tensors]

    backward = forward


@dataclass(frozen=True, slots=True)
class Permute:
    """Take the slices of an axis in another order."""

    axis: int
    index: tuple[int, ...]

    def forward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Reorder."""
        return [self._taken(tensor, list(self.index)) for tensor in tensors]

    def backward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Reorder back."""
        back = sorted(range(len(self.index)), key=lambda place: self.index[place])
        return [self._taken(tensor, back) for tensor in tensors]

    def _taken(self, tensor: Tensor, index: list[int]) -> Tensor:
        if tensor.shape[self.axis] != len(index):
            raise ValueError(
                f"axis {self.axis} has length {tensor.shape[self.axis]}, "
                f"and the index names {len(index)} places"
            )
        return tensor.index_select(self.axis, torch.tensor(index, device=tensor.device))


@dataclass(frozen=True, slots=True)
class Reshape:
    """Give another shape to the same numbers; -1 stands once for what is left."""

    shape: tuple[int, ...]
    origin: tuple[int, ...]

    def forward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Reshape."""
        return [tensor.reshape(self.shape) for tensor in tensors]

    def backward(self, tensors: list[Tensor]) -> list[Tensor]:
        """Reshape back."""
        return [tensor.reshape(self.origin) for tensor in tensors]


Operator = Split | Merge | Transpose | Flip | Permute | Reshape


def operator(row: Mapping[str, Any], *, theirs: int, ours: int) -> Operator:
    """Read one operator from its row in the map.

    Args:
        row: `op` and what it needs.
        theirs: How many tensors of theirs the rule has; a merge joins that many.
        ours: How many tensors of ours; a split cuts into that many.

    Raises:
        ValueError: The row names no operator, lacks a field, or has one too many.
    """
    wanted = _FIELDS.get(row.get("op", ""))
    if wanted is None:
        raise ValueError(f"op {row.get('op')!r} is none of {', '.join(sorted(_FIELDS))}")
    needed, optional = wanted
    missing, extra = needed - row.keys(), row.keys() - needed - optional - {"op"}
    if missing or extra:
        problem = f"lacks {sorted(missing)}" if missing else f"does not know {sorted(extra)}"
        raise ValueError(f"op {row['op']!r} {problem}")
    sizes = tuple(row.get("sizes", ()))
    match row["op"]:
        case "split":
            return Split(row["axis"], ours, sizes)
        case "merge":
            return Merge(Split(row["axis"], theirs, sizes))
        case "transpose":
            return Transpose(tuple(row["axes"]))
        case "flip":
            return Flip(tuple(row["axes"]))
        case "permute":
            index = tuple(row["index"])
            if sorted(index) != list(range(len(index))):
                raise ValueError(f"index {list(index)} is no permutation")
            return Permute(row["axis"], index)
        case _:
            return Reshape(tuple(row["shape"]), tuple(row["from"]))


_FIELDS = {
    "split": (frozenset({"axis"}), frozenset({"sizes"})),
    "merge": (frozenset({"axis"}), frozenset({"sizes"})),
    "transpose": (frozenset({"axes"}), frozenset[str]()),
    "flip": (frozenset({"axes"}), frozenset[str]()),
    "permute": (frozenset({"axis", "index"}), frozenset[str]()),
    "reshape": (frozenset({"shape", "from"}), frozenset[str]()),
}
