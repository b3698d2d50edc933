"""Call one part again on given inputs, in float32 or float64, without touching it.

Only the part that is replayed is converted, and a large one a weight at a time, so the memory that
the float64 shadow costs is that of one part. Code that says `float32` inside would make the shadow
a lie; such leaks are reported.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils._python_dispatch import TorchDispatchMode

from scaffold.trace.atuse import changed_at_use, is_large
from scaffold.trace.streams import nudged
from scaffold.trace.swap import all_leaves, cast_leaf, cast_to, frozen, swapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scaffold.trace.atuse import Change


@dataclass(frozen=True, slots=True)
class Run:
    """What a call gave, and which operations left the precision that was asked for."""

    output: Any
    leaks: tuple[str, ...] = ()


def run(
    part: nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    dtype: torch.dtype | None = None,
    turn: int = 0,
    restart: Callable[[], None] = lambda: None,
) -> Run:
    """Call a part, in its own precision or in `dtype`; its parameters and buffers stay untouched.

    Args:
        part: Any module; a model is a part too.
        args: Positional arguments; floating tensors are cast.
        kwargs: Keyword arguments, likewise.
        dtype: The precision to compute in; None leaves everything as it is.
        turn: When not 0, weights and inputs are moved by one unit round-off, in a way that
            belongs to that number: what then changes is what rounding does to the part.
        restart: Called when the part is called a second time, because its weights cannot be
            changed at their use (`trace.atuse`) and have to be changed all at once.
    """
    with torch.no_grad(), without_fused_attention():
        if dtype is None and not turn:
            # A part may work in place on what it gets.
            args, kwargs = frozen(args), frozen(dict(kwargs))
            with _buffers_of_its_own(part, lambda _, value: value.clone()):
                return Run(part(*args, **kwargs))
        if is_large(part):
            try:
                done = _run_changed(part, args, kwargs, dtype, turn, at_use=True)
            except Exception:  # noqa: BLE001 - what is the part's own it will raise again
                done = None
            if done is not None and not done.leaks:
                return done
            restart()
        return _run_changed(part, args, kwargs, dtype, turn, at_use=False)


def _run_changed(
    part: nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    dtype: torch.dtype | None,
    turn: int,
    *,
    at_use: bool,
) -> Run:
    """Call a part in another precision, or moved; its weights at their use, or all at once."""
    args, kwargs = frozen(args), frozen(dict(kwargs))  # of its own: it may work on them in place
    with ExitStack() as stack:
        watch = None
        if dtype is None:
            change: Change = lambda name, value: nudged(value, turn, name)  # noqa: E731
            args, kwargs = _moved(args, turn), _moved(kwargs, turn)
        else:
            change = lambda _, value: cast_leaf(value.clone(), dtype)  # noqa: E731
            args, kwargs = cast_to(args, dtype), cast_to(kwargs, dtype)
            stack.enter_context(default_dtype(dtype))
            stack.enter_context(_attributes_in(part, dtype))
        if at_use:
            stack.enter_context(_buffers_of_its_own(part, change))
            stack.enter_context(changed_at_use(part, change))
        if dtype is not None:
            watch = stack.enter_context(_Leaks(dtype))
        output = part(*args, **kwargs) if at_use else _changed(part, change, args, dict(kwargs))
    return Run(output, () if watch is None else tuple(watch.found))


def _changed(
    part: nn.Module,
    change: Change,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:  # noqa: ANN401 - whatever the part gives
    """Call a part with every parameter and buffer changed, and put its own back.

    Every place in which a tensor is held is named once. Left to find ties by itself,
    `functional_call` names a part that is held twice by both names, and puts the changed tensor
    back in place of its own.
    """
    once: dict[int, Tensor] = {}
    state: dict[str, Tensor] = {}
    for path, module in part.named_modules():
        for name, value in (*module._parameters.items(), *module._buffers.items()):  # noqa: SLF001 - no public question leaves ties as they are
            if value is not None:
                place = f"{path}.{name}" if path else name
                if id(value) not in once:
                    once[id(value)] = change(place, value)
                state[place] = once[id(value)]
    return functional_call(part, state, args, kwargs, tie_weights=False)


def _moved(value: Any, turn: int) -> Any:  # noqa: ANN401 - of the type of `value`
    return swapped(
        value,
        lambda path, leaf: nudged(leaf, turn, path) if isinstance(leaf, Tensor) else leaf,
    )


@contextmanager
def without_fused_attention() -> Iterator[None]:
    """Keep torch's fused encoder layer off: it computes a block without calling its parts."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(value=False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(value=before)


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    """Let what is made without a dtype have this one, for the length of a block."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@contextmanager
def _buffers_of_its_own(part: nn.Module, change: Change) -> Iterator[None]:
    """Let a part run on changed copies of its buffers: batch statistics move while it runs.

    As `functional_call` would do it, in a tenth of the time, which counts in a model of many parts.
    """
    before = [
        (module._buffers, name, buffer, f"{path}.{name}" if path else name)  # noqa: SLF001 - torch has no public way to exchange them
        for path, module in part.named_modules()
        for name, buffer in module._buffers.items()  # noqa: SLF001
        if buffer is not None
    ]
    changed: dict[int, Tensor] = {}
    for table, name, buffer, path in before:
        if id(buffer) not in changed:  # a buffer that two modules share stays shared
            changed[id(buffer)] = change(path, buffer)
        table[name] = changed[id(buffer)]
    try:
        yield
    finally:
        for table, name, buffer, _ in before:
            table[name] = buffer


@contextmanager
def _attributes_in(part: nn.Module, dtype: torch.dtype) -> Iterator[None]:
    """Cast tensors that are plain attributes, neither parameter nor buffer, and put them back."""
    plain = [
        (module, name, value)
        for module in part.modules()
        for name, value in vars(module).items()
        if isinstance(value, Tensor) and value.is_floating_point()
    ]
    for module, name, value in plain:
        setattr(module, name, cast_leaf(value, dtype))
    try:
        yield
    finally:
        for module, name, value in plain:
            setattr(module, name, value)


class _Leaks(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch leaves it untyped
    """Note every operation that takes the wanted precision in and gives a lower one out."""

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # torch leaves it untyped
        self._dtype = dtype
        self.found: dict[str, None] = {}

    def __torch_dispatch__(
        self,
        func: Any,  # noqa: ANN401 - an operator
        types: Any,  # noqa: ANN401 - the protocol names it
        args: Any = (),  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        output = func(*args, **(kwargs or {}))
        took = any(_is(leaf, self._dtype) for leaf in all_leaves([*args]).values())
        if took and any(self._lower(leaf) for leaf in all_leaves(output).values()):
            self.found[str(func)] = None
        return output

    def _lower(self, leaf: object) -> bool:
        return (
            isinstance(leaf, Tensor)
            and leaf.is_floating_point()
            and leaf.dtype.itemsize < self._dtype.itemsize
        )


def _is(leaf: object, dtype: torch.dtype) -> bool:
    return isinstance(leaf, Tensor) and leaf.dtype == dtype
