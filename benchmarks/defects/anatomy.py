"""Look at a model from outside: which parts it has, what they are given, what they call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from benchmarks.defects.tamper import owner


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One part of a model as seen in one run."""

    path: str
    module: nn.Module
    calls: tuple[str, ...]
    """The torch functions that its own forward calls, by name, in order."""
    given: tuple[tuple[int, ...], ...]
    """Shapes of the tensors of its first call."""
    made: tuple[int, ...]
    """Shape of the first tensor of its first result; empty when there is none."""
    called: int
    order: int

    def calls_any(self, *names: str) -> bool:
        """Whether its own forward calls one of these functions."""
        return any(name in self.calls for name in names)


Where = "Callable[[Place], bool]"


def places(model: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Place, ...]:
    """Give every part in the order of its first call, parts that are never called last."""
    seen: dict[int, dict[str, Any]] = {}
    hooks = []
    for _, module in model.named_modules():
        hooks.append(module.register_forward_pre_hook(_before(seen), with_kwargs=True))
        hooks.append(module.register_forward_hook(_after(seen)))
    watch = _Names()
    try:
        with torch.no_grad(), watch:
            model(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    never = {"given": (), "made": (), "called": 0, "order": len(seen)}
    found = [
        Place(
            path=path,
            module=module,
            calls=tuple(watch.found.get(id(module), ())),
            **seen.get(id(module), never),
        )
        for path, module in model.named_modules()
    ]
    return tuple(sorted(found, key=lambda place: place.order))


def _before(seen: dict[int, dict[str, Any]]) -> Any:
    def hook(module: nn.Module, args: Any, kwargs: Any) -> None:
        if id(module) in seen:
            seen[id(module)]["called"] += 1
            return
        shapes = tuple(
            tuple(value.shape) for value in (*args, *kwargs.values()) if isinstance(value, Tensor)
        )
        seen[id(module)] = {"given": shapes, "made": (), "called": 1, "order": len(seen)}

    return hook


def _after(seen: dict[int, dict[str, Any]]) -> Any:
    def hook(module: nn.Module, _args: Any, output: Any) -> None:
        first = output[0] if isinstance(output, tuple) and output else output
        if isinstance(first, Tensor):
            seen[id(module)]["made"] = tuple(first.shape)

    return hook


class _Names(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[int, list[str]] = {}

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: Any = (),
        kwargs: Any = None,
    ) -> Any:
        module = owner()
        if module is not None:
            self.found.setdefault(id(module), []).append(getattr(func, "__name__", ""))
        return func(*args, **(kwargs or {}))
