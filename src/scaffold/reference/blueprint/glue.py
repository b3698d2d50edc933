"""Follow tensors through the code between the parts: of which tensors was this one made?

What a part gives or takes is marked when it is seen. An operation that is called from python passes
the marks of what it takes on to what it gives, so that a tensor which no part has given tells of
which marked ones it was made.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakIdKeyDictionary

from scaffold.core.blueprint import End
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

Marks = frozenset[tuple[str, End]]
"""Sides (`input`, `output`) with the place at which a tensor was first seen there."""


@contextmanager
def followed(model: nn.Module) -> Iterator[dict[End, Marks]]:
    """Run a block; gives, per input of a part that nobody gave, of what it was made."""
    glue = _Glue()
    hooks = []
    for path, part in model.named_modules():
        before, after = glue.hooks_for(path)
        hooks.append(part.register_forward_pre_hook(before, with_kwargs=True))
        hooks.append(part.register_forward_hook(after, with_kwargs=True))
    try:
        with glue:
            yield glue.made
    finally:
        for hook in hooks:
            hook.remove()


class _Glue(TorchFunctionMode):
    """Pass marks on from what an operation takes to what it gives."""

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[End, Marks] = {}
        self._marks: Any = WeakIdKeyDictionary()
        self._own: Any = WeakIdKeyDictionary()
        self._counts: dict[str, int] = {}
        self._open: list[tuple[str, int]] = []

    def __torch_function__(
        self,
        func: Any,  # noqa: ANN401 - the protocol
        types: Any,  # noqa: ANN401 - likewise
        args: Any = (),  # noqa: ANN401 - likewise
        kwargs: Any = None,  # noqa: ANN401 - likewise
    ) -> Any:  # noqa: ANN401 - likewise
        """Run an operation, and mark what it gives."""
        output = func(*args, **(kwargs or {}))
        given = _tensors(output)
        if given:
            marks = self._union(_tensors((args, kwargs or {})))
            for tensor in given:
                if marks:
                    self._marks[tensor] = marks
                self._own.pop(tensor, None)
        return output

    def hooks_for(self, path: str) -> tuple[Any, Any]:
        """Give the hooks that mark what a part takes and gives."""

        def before(_: nn.Module, args: Any, kwargs: Any) -> None:  # noqa: ANN401 - hooks
            call = self._counts.get(path, 0)
            self._counts[path] = call + 1
            self._open.append((path, call))
            self._see("input", path, call, {**all_leaves(args), **all_leaves(kwargs)})

        def after(_: nn.Module, __: Any, ___: Any, output: Any) -> None:  # noqa: ANN401 - hooks
            while self._open[-1][0] != path:
                self._open.pop()
            _path, call = self._open.pop()
            self._see("output", path, call, all_leaves(output))

        return before, after

    def _see(self, side: str, part: str, call: int, leaves: dict[str, object]) -> None:
        for path, leaf in leaves.items():
            if not isinstance(leaf, Tensor) or leaf in self._own:
                continue
            place = End(part=part, call=call, path=path)
            marks = self._marks.get(leaf, frozenset())
            if side == "input" and marks:
                self.made[place] = marks
            own = frozenset({(side, place)})
            self._marks[leaf] = own
            self._own[leaf] = True

    def _union(self, tensors: list[Tensor]) -> Marks:
        found: set[tuple[str, End]] = set()
        for tensor in tensors:
            found |= self._marks.get(tensor, frozenset())
        return frozenset(found)


def _tensors(value: Any) -> list[Tensor]:  # noqa: ANN401 - nested
    return [leaf for leaf in all_leaves(value).values() if isinstance(leaf, Tensor)]
