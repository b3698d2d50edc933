"""Change what a module does while its name, its weights and its children stay what they were.

Three means: another `forward` for one module, another result for one call that its `forward`
makes itself (not its children), and other weights at the moment they are loaded.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from torch import nn
from torch.overrides import TorchFunctionMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Change = Callable[..., Any]


def become(module: nn.Module, **methods: Callable[..., Any]) -> None:
    """Give one module other methods; its class keeps its name, so nothing betrays the change."""
    kind = type(module)
    module.__class__ = type(kind.__name__, (kind,), {**methods, "__module__": kind.__module__})


def retold(module: nn.Module, change: Callable[..., Any]) -> None:
    """Replace `forward`; `change(plain, module, *args)` gets the old one as its first argument."""
    plain = type(module).forward

    def forward(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        return change(lambda *a, **k: plain(self, *a, **k), self, *args, **kwargs)

    become(module, forward=forward)


def recalled(
    module: nn.Module, names: tuple[str, ...], change: Change, nth: int | None = 0
) -> None:
    """Change the result of a torch function that this module's own `forward` calls.

    Args:
        module: The module whose calls are changed, and only its own.
        names: What the function is called in torch; operators have the names of their methods.
        change: Called as `change(func, *args, **kwargs)` in place of the function.
        nth: Which of the calls; None means each of them.
    """
    plain = type(module).forward

    def forward(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        with _Calls(self, names, change, nth):
            return plain(self, *args, **kwargs)

    become(module, forward=forward)


def loaded(module: nn.Module, change: Callable[[dict[str, Tensor]], dict[str, Tensor]]) -> None:
    """Change the module's own weights when a state dict is loaded: a wrong conversion.

    `change` gets the module's own tensors by their last name and gives those that are other.
    """

    def hook(module: nn.Module, state: dict[str, Tensor], prefix: str, *_: object) -> None:
        own = {
            key.removeprefix(prefix): value
            for key, value in state.items()
            if key.startswith(prefix) and key.removeprefix(prefix) in dict(_tensors(module))
        }
        state.update({prefix + name: value for name, value in change(own).items()})

    module.register_load_state_dict_pre_hook(hook)


def owner() -> nn.Module | None:
    """Give the module whose `forward` is the innermost that is running."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "forward":
            found = frame.f_locals.get("self")
            if isinstance(found, nn.Module):
                return found
        frame = frame.f_back  # type: ignore[assignment]
    return None


class _Calls(TorchFunctionMode):
    """Count, and change, the calls that one module makes itself."""

    def __init__(
        self, module: nn.Module, names: tuple[str, ...], change: Change, nth: int | None
    ) -> None:
        super().__init__()
        self._module, self._names, self._change, self._nth = module, names, change, nth
        self.seen = 0

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: Any = (),
        kwargs: Any = None,
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__name__", "") not in self._names or owner() is not self._module:
            return func(*args, **kwargs)
        place, self.seen = self.seen, self.seen + 1
        if self._nth is not None and place != self._nth:
            return func(*args, **kwargs)
        return self._change(func, *args, **kwargs)


def _tensors(module: nn.Module) -> list[tuple[str, Any]]:
    return [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
