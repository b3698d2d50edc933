"""Change the weights of a part where they are used, one layer at a time.

A model in float64 is twice as large as it is, and moved by a rounding as large again. Changed at
its use, a weight costs its own size. A layer has its changed weights while it is called, because
torch compares precisions before an operation begins; whoever else takes a weight, a container
around or another part that is tied to it, is given the changed one by the operation.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes

from scaffold.trace.swap import swapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch.utils.hooks import RemovableHandle

    Change = Callable[[str, Tensor], Tensor]

LARGE_BYTES = 4 * 2**20
"""Weights that are smaller together are changed all at once, which is faster."""

_WRITES_TO_A_VIEW = ("aten::embedding_renorm_",)


class OutOfReach(Exception):  # noqa: N818 - says why another way is taken, and is never shown
    """A weight is used in a way in which it cannot be changed at its use."""


def is_large(part: nn.Module) -> bool:
    """Whether the weights of a part are worth the care."""
    return sum(value.nbytes for value in part.parameters()) > LARGE_BYTES


@contextmanager
def changed_at_use(part: nn.Module, change: Change) -> Iterator[None]:
    """Let a part run with changed weights; its own stay as they are.

    Raises:
        OutOfReach: From within the block, where a weight cannot be changed at its use.
    """
    names = {id(value): name for name, value in part.named_parameters()}
    layers = [one for one in part.modules() if not one._modules and one._parameters]  # noqa: SLF001 - torch has no public way to exchange them
    with ExitStack() as stack:
        for layer in layers:
            own = _Own(layer, names, change)
            stack.callback(own.put_back)
            stack.enter_context(_removed(layer.register_forward_pre_hook(own.exchange)))
            after = layer.register_forward_hook(own.put_back, always_call=True)
            stack.enter_context(_removed(after))
        stack.enter_context(AtUse(part, change))
        yield


@contextmanager
def _removed(hook: RemovableHandle) -> Iterator[None]:
    try:
        yield
    finally:
        hook.remove()


class _Own:
    """The weights that one layer holds itself."""

    def __init__(self, layer: nn.Module, names: dict[int, str], change: Change) -> None:
        self._table: dict[str, Any] = layer._parameters  # noqa: SLF001
        self._names, self._change = names, change
        self._before: dict[str, Tensor] = {}

    def exchange(self, *_: object) -> None:
        self._before = {name: value for name, value in self._table.items() if value is not None}
        with _disable_current_modes():
            for name, value in self._before.items():
                self._table[name] = self._change(self._names[id(value)], value)

    def put_back(self, *_: object) -> None:
        self._table.update(self._before)
        self._before = {}


class AtUse(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch leaves it untyped
    """Give every operation the changed weights in place of the part's own."""

    def __init__(self, part: nn.Module, change: Change) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # torch leaves it untyped
        self._change = change
        self._weights = {
            value.untyped_storage().data_ptr(): (name, value)
            for name, value in part.named_parameters()
            if value.numel() and value.layout is torch.strided
        }

    def __torch_dispatch__(
        self,
        func: Any,  # noqa: ANN401 - an operator
        types: Any,  # noqa: ANN401 - the protocol names it
        args: Any = (),  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Run one operation.

        Raises:
            OutOfReach: It writes to a weight, or takes a piece that was cut out of one before.
        """
        schema = func._schema  # noqa: SLF001 - operators have no public schema
        if schema.is_mutable:
            self._refuse_writing(schema, args)
        args = swapped(tuple(args), self._changed)
        kwargs = swapped(dict(kwargs or {}), self._changed)
        return func(*args, **kwargs)

    def _changed(self, _path: str, leaf: object) -> object:
        known = self._known(leaf)
        if known is None or not isinstance(leaf, Tensor):
            return leaf
        name, weight = known
        if (leaf.shape, leaf.stride(), leaf.data_ptr()) != (
            weight.shape,
            weight.stride(),
            weight.data_ptr(),
        ):
            raise OutOfReach(name)
        return self._change(name, weight)

    def _known(self, leaf: object) -> tuple[str, Tensor] | None:
        if not isinstance(leaf, Tensor) or leaf.layout is not torch.strided:
            return None
        return self._weights.get(leaf.untyped_storage().data_ptr())

    def _refuse_writing(self, schema: Any, args: Any) -> None:  # noqa: ANN401 - of an operator
        if schema.name in _WRITES_TO_A_VIEW:
            raise OutOfReach(schema.name)
        for declared, value in zip(schema.arguments, args, strict=False):
            alias = declared.alias_info
            if alias is not None and alias.is_write and self._known(value) is not None:
                raise OutOfReach(schema.name)
