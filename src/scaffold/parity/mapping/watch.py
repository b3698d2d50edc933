"""Run ours and see every tensor at every border of a part, with the units it still depends on.

What a unit of ours has to be is not known before it is found. So its tensors ask for gradients
until then, and autograd's graph tells which tensors could be wrong because of which unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import torch
from torch import Tensor, nn

from scaffold.trace.replay import without_fused_attention
from scaffold.trace.swap import all_leaves, swapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST = 400
"""How many borders are looked at after the first that depends on something unknown."""


class Enough(Exception):  # noqa: N818 - a signal, not an error
    """Ends a run of ours once everything that was asked for has been seen."""


@dataclass(frozen=True, slots=True)
class Border:
    """A tensor that goes into a part of ours, or comes out of it."""

    place: int
    part: str
    incoming: bool
    value: Tensor
    depends: frozenset[str]
    """The parameters of ours that are not known and reach it."""


@dataclass(slots=True)
class Watch:
    """What is looked at during one run, and what is done at the borders."""

    before: Callable[[str, nn.Module, tuple[Any, ...], dict[str, Any]], None] | None = None
    """Called before a part runs."""
    after: Callable[[str, nn.Module, Any], Any] | None = None
    """Called with what a part gave; what it returns takes the output's place, unless None."""
    wanted: frozenset[int] | None = None
    """The places to look at; None for all that depend on something unknown."""
    names: Mapping[int, str] = field(default_factory=dict)
    """The name of every unknown parameter by its identity."""
    borders: list[Border] = field(default_factory=list)
    count: int = 0

    def see(self, part: str, value: object, *, incoming: bool) -> None:
        """Look at every tensor of a nested value."""
        for leaf in all_leaves(value).values():
            if isinstance(leaf, Tensor):
                self._one(part, leaf, incoming=incoming)

    def _one(self, part: str, leaf: Tensor, *, incoming: bool) -> None:
        place, self.count = self.count, self.count + 1
        if self.wanted is None:
            if leaf.requires_grad:
                kept = Border(place, part, incoming, leaf.detach().clone(), self._depends(leaf))
                self.borders.append(kept)
                if len(self.borders) >= MOST:
                    raise Enough
        elif place in self.wanted:
            self.borders.append(Border(place, part, incoming, leaf.detach().clone(), frozenset()))
            if len(self.borders) == len(self.wanted):
                raise Enough

    def _depends(self, leaf: Tensor) -> frozenset[str]:
        return frozenset(self.names[key] for key in reached(leaf) if key in self.names)


def reached(tensor: Tensor) -> set[int]:
    """Give the identities of the leaf tensors that a tensor was computed from."""
    found, seen = set[int](), set[object]()
    if tensor.grad_fn is None:
        return {id(tensor)} if tensor.requires_grad else found
    stack: list[Any] = [tensor.grad_fn]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        variable = getattr(node, "variable", None)
        if variable is not None:
            found.add(id(variable))
        stack.extend(nxt for nxt, _ in node.next_functions)
    return found


class Stage:
    """Ours with hooks on every part; what the hooks do is up to the watch that is on top."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self._watches: list[Watch] = []
        self._hooks: list[Any] = []

    def __enter__(self) -> Self:
        """Set the hooks."""
        for part, module in self.model.named_modules():
            self._hooks.append(
                module.register_forward_pre_hook(self._before(part), with_kwargs=True)
            )
            self._hooks.append(module.register_forward_hook(self._after(part)))
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the hooks."""
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def run(
        self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], watch: Watch
    ) -> Any:  # noqa: ANN401 - whatever the part gives
        """Run a part of ours under a watch; None when the watch had enough."""
        self._watches.append(watch)
        args, kwargs = copied(args), copied(kwargs)
        try:
            with torch.enable_grad(), without_fused_attention():
                return module(*args, **kwargs)
        except Enough:
            return None
        finally:
            self._watches.pop()

    def _before(self, part: str) -> Callable[..., None]:
        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            if self._watches:
                watch = self._watches[-1]
                watch.see(part, (args, kwargs), incoming=True)
                if watch.before is not None:
                    watch.before(part, module, args, kwargs)

        return hook

    def _after(self, part: str) -> Callable[..., Any]:
        def hook(module: nn.Module, _args: Any, output: Any) -> Any:  # noqa: ANN401 - torch's signature
            if not self._watches:
                return None
            watch = self._watches[-1]
            watch.see(part, output, incoming=False)
            return None if watch.after is None else watch.after(part, module, output)

        return hook


def copied(value: Any) -> Any:  # noqa: ANN401 - of the type of `value`
    """Give a copy whose tensors are new, and part of no graph."""
    return swapped(
        value, lambda _, leaf: leaf.detach().clone() if isinstance(leaf, Tensor) else leaf
    )


def trusted(value: object) -> bool:
    """Whether nothing in a nested value depends on what is not known."""
    return not any(
        leaf.requires_grad for leaf in all_leaves(value).values() if isinstance(leaf, Tensor)
    )
