"""Hold one torch call of a part as it was made, so that it can be named and edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from torch import Tensor

from scaffold.parity.causes.signatures import bound

if TYPE_CHECKING:
    from scaffold.parity.causes.watch import Key, Made


@dataclass(frozen=True, slots=True)
class Site:
    """One torch call of the part, as it was made on the first sample."""

    made: Made
    number: int
    order: int
    output: Any
    module: str
    """Path of the submodule that made it; empty for the part itself."""
    source: str
    """File and line, where it is not torch's own."""

    @property
    def op(self) -> str:
        """The operation."""
        return self.made.op

    @property
    def key(self) -> Key:
        """What an edit is filed under."""
        return self.op, self.number

    @property
    def place(self) -> str:
        """The call in words."""
        where = f"{self.op}, call {self.number}"
        where = f"{where} in {self.module}" if self.module else where
        return f"{where}, {self.source}" if self.source else where

    @property
    def same_shape(self) -> bool:
        """Whether the call gives a floating tensor of the shape of its first argument."""
        return (
            is_floating(self.output)
            and is_floating(bound(self.op, self.made.args, self.made.kwargs).get("input"))
            and self.made.input.shape == self.output.shape
        )


def is_floating(value: object) -> TypeGuard[Tensor]:
    """Whether it is a floating tensor."""
    return isinstance(value, Tensor) and value.is_floating_point()
