"""Count floating-point operations per part, with torch's own formulas.

torch's counter finds the parts through autograd, which fails where a part takes a parameter of its
parent while no gradient is wanted. Here the parts that run are known from hooks.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry, sdpa_flop_count

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def counted(model: nn.Module) -> Iterator[dict[str, int]]:
    """Run a block; gives the operations of each part, those of parts within included."""
    counter = _Counter()
    hooks = []
    for path, part in model.named_modules():
        before, after = counter.hooks_for(path)
        hooks.append(part.register_forward_pre_hook(before))
        hooks.append(part.register_forward_hook(after))
    try:
        with counter:
            yield counter.flops
    finally:
        for hook in hooks:
            hook.remove()


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch leaves it untyped
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # likewise
        self.flops: dict[str, int] = {"": 0}
        self._open: list[str] = []

    def __torch_dispatch__(
        self,
        func: Any,  # noqa: ANN401 - the protocol
        types: Any,  # noqa: ANN401 - likewise
        args: Any = (),  # noqa: ANN401 - likewise
        kwargs: Any = None,  # noqa: ANN401 - likewise
    ) -> Any:  # noqa: ANN401 - likewise
        """Run one operation, and count it for every part that is running."""
        output = func(*args, **(kwargs or {}))
        formula = _FORMULAS.get(func._overloadpacket)  # noqa: SLF001 - torch has no public name
        if formula is not None:
            count = int(formula(*args, **(kwargs or {}), out_val=output))
            for part in {"", *self._open}:
                self.flops[part] = self.flops.get(part, 0) + count
        return output

    def hooks_for(self, path: str) -> tuple[Any, Any]:
        """Give the hooks that say when a part runs."""

        def before(*_: object) -> None:
            self._open.append(path)

        def after(*_: object) -> None:
            # A call that raised and was caught by the model never ended.
            while self._open.pop() != path:
                pass

        return before, after


def _flash(query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:  # noqa: ANN401 - tensors
    return int(sdpa_flop_count(query.shape, key.shape, value.shape))  # type: ignore[no-untyped-call] # torch's own


_FORMULAS: dict[Any, Any] = {
    **flop_registry,
    # As attention runs on a CPU; torch's table leaves it out.
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _flash,  # noqa: SLF001
}
