"""Run a model of full size and keep of every tensor only what a function makes of it.

A trace keeps copies; of a large model that is more than a machine has. Here each tensor is looked
at while it passes, in the hook, and only what the look gave is kept (a sketch, or a file's name).
The rules of `scaffold.trace.forward` hold: hooks return None and touch nothing.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from scaffold.trace.forward import refuse_compiled
from scaffold.trace.replay import run, without_fused_attention
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Glimpse(Generic[T]):
    """One call of one part: what the look gave for each tensor, by path."""

    part: str
    kind: str
    call: int
    order: int
    done: int
    inputs: dict[str, T]
    outputs: dict[str, T]


@dataclass(frozen=True, kw_only=True, slots=True)
class Glances(Generic[T]):
    """The calls of one run in the order in which they began, and how the run ended."""

    calls: tuple[Glimpse[T], ...]
    failure: str = ""
    inside: tuple[str, ...] = ()
    """The parts that were running when the run raised, the innermost last."""
    leaks: tuple[str, ...] = ()
    """Operations that fell out of the precision that was asked for."""
    left_out: tuple[str, ...] = ()
    """Tensors that cannot be looked at, each with the reason."""

    def find(self, part: str, call: int) -> Glimpse[T] | None:
        """Give one call of a part, None when it did not happen."""
        return next((one for one in self.calls if (one.part, one.call) == (part, call)), None)


def glanced(
    model: nn.Module,
    inputs: Sequence[Tensor],
    look: Callable[[Tensor], T],
    *,
    dtype: torch.dtype | None = None,
    turn: int = 0,
) -> Glances[T]:
    """Run a model on inputs, and look at every tensor that goes into or comes out of a part.

    Args:
        model: Run as it is; nothing about it is changed.
        inputs: The positional inputs.
        look: Called once for a tensor, however many parts it passes; must not keep it.
        dtype: Compute in this precision, on copies of the weights.
        turn: Move weights and inputs by one unit round-off, as in `replay.run`.
    """
    refuse_compiled(model)
    watcher = _Watcher(look)
    hooks = []
    for part, module in model.named_modules():
        before, after = watcher.hooks_for(part)
        hooks.append(module.register_forward_pre_hook(before, with_kwargs=True))
        hooks.append(module.register_forward_hook(after, with_kwargs=True))
    failure, inside, leaks = "", tuple[str, ...](), tuple[str, ...]()
    try:
        with without_fused_attention():
            leaks = run(model, tuple(inputs), {}, dtype=dtype, turn=turn).leaks
    except Exception as error:  # noqa: BLE001 - whatever the model raises is a finding
        failure = f"{type(error).__name__}: {error}"
        inside = tuple(part for part, *_ in watcher.open)
    finally:
        for hook in hooks:
            hook.remove()
    return Glances(
        calls=tuple(sorted(watcher.calls, key=lambda call: call.order)),
        failure=failure,
        inside=inside,
        leaks=leaks,
        left_out=tuple(watcher.left_out),
    )


class _Watcher(Generic[T]):
    """The state that the hooks of one run share."""

    def __init__(self, look: Callable[[Tensor], T]) -> None:
        self.calls: list[Glimpse[T]] = []
        self.open: list[tuple[str, int, int, dict[str, T]]] = []
        self.left_out: dict[str, None] = {}
        self._look = look
        self._seen: dict[int, tuple[weakref.ref[Tensor], int, T]] = {}
        self._clock = 0
        self._counts: dict[str, int] = {}

    def hooks_for(self, part: str) -> tuple[Any, Any]:
        def before(_module: nn.Module, args: Any, kwargs: Any) -> None:  # noqa: ANN401
            call = self._counts.get(part, 0)
            self._counts[part] = call + 1
            order = self._tick()
            leaves = {**all_leaves(args), **all_leaves(kwargs)}
            self.open.append((part, call, order, self._looked(leaves, f"input:{part}")))

        def after(module: nn.Module, _args: Any, _kwargs: Any, output: Any) -> None:  # noqa: ANN401
            # A call that raised and was caught by the model never ended: drop what it left open.
            while self.open[-1][0] != part:
                self.open.pop()
            _, call, order, inputs = self.open.pop()
            self.calls.append(
                Glimpse(
                    part=part,
                    kind=type(module).__name__,
                    call=call,
                    order=order,
                    done=self._tick(),
                    inputs=inputs,
                    outputs=self._looked(all_leaves(output), f"output:{part}"),
                )
            )

        return before, after

    def _tick(self) -> int:
        self._clock += 1
        return self._clock - 1

    def _looked(self, leaves: dict[str, object], where: str) -> dict[str, T]:
        found = {}
        for path, leaf in leaves.items():
            if not isinstance(leaf, Tensor):
                continue
            if leaf.layout is not torch.strided or leaf.is_nested:
                self.left_out[f"{where}:{path}: a tensor of layout {leaf.layout}"] = None
                continue
            found[path] = self._once(leaf)
        return found

    def _once(self, leaf: Tensor) -> T:
        """Look at a tensor unless it was seen and nobody has written into it since."""
        if leaf.is_inference():
            return self._look(leaf)
        version = leaf._version  # noqa: SLF001 - torch has no public question
        known = self._seen.get(id(leaf))
        if known is not None and known[0]() is leaf and known[1] == version:
            return known[2]
        seen = self._look(leaf)
        self._seen[id(leaf)] = (weakref.ref(leaf), version, seen)
        return seen
