"""See every operation within one part: what torch computes, below the modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from scaffold.trace.replay import run
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

COPIES = frozenset({"aten.alias", "aten.clone", "aten.detach", "aten.lift_fresh", "aten._to_copy"})
"""Operations that compute nothing; neither do views."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, and the tensors that it gave."""

    name: str
    outputs: tuple[Tensor, ...]


def operations(
    part: nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    dtype: torch.dtype | None = None,
) -> tuple[Operation, ...]:
    """Run a part and give every operation that computes something, in order.

    Args:
        part: Run as `replay.run` does; nothing about it is changed.
        args: Positional arguments.
        kwargs: Keyword arguments.
        dtype: Compute in this precision.
    """
    watch = _Watch()
    with watch:
        run(part, args, kwargs, dtype=dtype)
    return tuple(watch.seen)


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch leaves it untyped
    """Keep what each operation gives, as it is when it was given."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # torch leaves it untyped
        self.seen: list[Operation] = []

    def __torch_dispatch__(
        self,
        func: Any,  # noqa: ANN401 - an operator
        types: Any,  # noqa: ANN401 - the protocol names it
        args: Any = (),  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        output = func(*args, **(kwargs or {}))
        name = str(func).rpartition(".")[0]
        if name not in COPIES and not func.is_view:
            leaves = all_leaves(output).values()
            self.seen.append(
                Operation(
                    name,
                    tuple(leaf.detach().clone() for leaf in leaves if isinstance(leaf, Tensor)),
                )
            )
        return output
