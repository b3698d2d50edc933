"""Hold one call of a submodule: what it was given, what it gave, and between which torch calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.parity.causes.leading import given, leading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor


@dataclass(slots=True)
class Passage:
    """One call of one submodule while ours was laid out."""

    path: str
    begins: float
    """When: how many calls of the part there were before it, and a little."""
    taken: Tensor | None
    """The first floating tensor that it was given."""
    ends: float = 0.0
    made: Tensor | None = None
    """The first floating tensor that it gave."""
    inner: bool = False
    """Whether it lies within a submodule that is proved."""

    @property
    def same_shape(self) -> bool:
        """Whether it gives a tensor of the shape that it takes."""
        return (
            self.taken is not None and self.made is not None and self.taken.shape == self.made.shape
        )


def begun(path: str, at: float, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Passage:
    """Return a call that has begun."""
    return Passage(path=path, begins=at, taken=given(args, kwargs))


def ended(passage: Passage, at: float, output: object) -> None:
    """Note what a call gave."""
    passage.ends, passage.made = at, leading(output)
