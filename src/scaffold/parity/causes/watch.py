"""See every torch call of a part, and answer chosen ones in another way."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from scaffold.parity.causes.signatures import bound, changed

State = Mapping[str, Tensor]
Key = tuple[str, int]
Edit = Callable[["Made"], Any]

_ALIASES = {
    "truediv": "div",
    "rtruediv": "rdiv",
    "matmul": "matmul",
    "rmatmul": "rmatmul",
    "concat": "cat",
    "concatenate": "cat",
    "view": "reshape",
    "clip": "clamp",
    "swapaxes": "transpose",
    "multiply": "mul",
    "subtract": "sub",
    "divide": "div",
    "negative": "neg",
    "softmax": "softmax",
    "conj": "",
}
_NOT_WATCHED = frozenset(
    [
        "size",
        "dim",
        "numel",
        "stride",
        "is_contiguous",
        "contiguous",
        "to",
        "float",
        "double",
        "half",
        "bfloat16",
        "type",
        "type_as",
        "is_floating_point",
        "is_complex",
        "set_grad_enabled",
        "empty",
        "item",
        "tolist",
        "len",
        "bool",
        "int",
        "index",
        "detach_",
        "ndimension",
        "data_ptr",
        "storage_offset",
        "requires_grad",
        "new_empty",
        "empty_like",
        "broadcast_shapes",
        "requires_grad_",
        "is_inference",
        "is_nonzero",
        "equal",
        "grad",
        "backward",
        "set_",
        "clone",
        "repr",
        "format",
        "hash",
        "iter",
        "copy_",
        "result_type",
        "get_default_dtype",
        "can_cast",
        "element_size",
        "is_pinned",
        "is_shared",
        "is_storage",
        "is_tensor",
        "is_same_size",
        "shape",
        "device",
        "retain_grad",
        "register_hook",
    ]
)
_TRANSPOSES = frozenset({"T", "mT", "H", "mH"})
_CASTS = frozenset({"float", "half", "bfloat16"})
_LOW = (torch.float16, torch.bfloat16)
_OPENED: tuple[Any, ...] = (functional.multi_head_attention_forward,)
"""Functions of torch that are made of calls worth seeing."""


@dataclass(slots=True)
class Made:
    """One call while it is made: run it as it is, with changes, or give something else."""

    op: str
    func: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    state: State
    memory: dict[str, Any] = field(default_factory=dict)
    """Shared by all edits of one run, so that a call can be put off."""

    def run(self, **changes: Any) -> Any:  # noqa: ANN401 - whatever the call gives
        """Make the call, with the named arguments replaced."""
        args, kwargs = changed(self.op, self.args, self.kwargs, changes)
        return self.func(*args, **kwargs)

    def value(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - any argument
        """Return the argument of that name."""
        return bound(self.op, self.args, self.kwargs).get(name, default)

    @property
    def input(self) -> Tensor:
        """The first argument."""
        first: Tensor = self.args[0] if self.args else self.kwargs["input"]
        return first


class Watch(TorchFunctionMode):
    """Pass every call on, except those that have an edit."""

    def __init__(
        self,
        state: State,
        edits: Mapping[Key, Edit],
        *,
        see: Callable[[Made, int, Any], None] | None = None,
        wide: bool = False,
        precise: bool = False,
    ) -> None:
        """Prepare one run.

        Args:
            state: Parameters and buffers of this run, for the edits.
            edits: By operation and call number, counted from one.
            see: Told of every call, its number and what it gave.
            wide: Compute in float64 what the code asks for in float32.
            precise: Leave out every cast to a precision below float32.
        """
        super().__init__()
        self._state, self._edits, self._see = state, edits, see
        self._wide, self._precise = wide, precise
        self._counts: dict[str, int] = {}
        self._memory: dict[str, Any] = {}

    def __torch_function__(
        self,
        func: Any,  # noqa: ANN401 - the protocol names it
        types: Any,  # noqa: ANN401
        args: Any = (),  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        kwargs = kwargs or {}
        if func in _OPENED:
            with self:
                return _bodies[func](*args, **kwargs)
        if self._precise and _lowers(func, args, kwargs):
            return args[0]
        if self._wide:
            if _name(func) in _CASTS and args[0].is_floating_point():
                return args[0].to(torch.float64)
            args, kwargs = _widened(args, kwargs)
        op = _op(func)
        if not op:
            return func(*args, **kwargs)
        number = self._counts[op] = self._counts.get(op, 0) + 1
        edit = self._edits.get((op, number))
        if edit is None and self._see is None:
            return func(*args, **kwargs)
        made = Made(op, func, tuple(args), kwargs, self._state, self._memory)
        output = func(*args, **kwargs) if edit is None else _answered(made, edit)
        if self._see is not None:
            self._see(made, number, output)
        return output


def _answered(made: Made, edit: Edit) -> Any:  # noqa: ANN401 - whatever the edit gives
    """Answer by the edit; an in-place call still changes the tensor that it was made on."""
    name = _name(made.func)
    in_place = name.endswith("_") and not name.endswith("__")
    worded = bool(made.kwargs.get("inplace"))
    if not in_place and not worded:
        return edit(made)
    target = made.args[0]
    if in_place:
        made.func = getattr(torch.Tensor, name[:-1])
    made.args = (target.clone(), *made.args[1:])
    made.kwargs = {**made.kwargs, "inplace": False} if worded else made.kwargs
    given = edit(made)
    if isinstance(given, Tensor) and given.shape == target.shape and not made.memory.get("apart"):
        return target.copy_(given)
    return given


def _widened(args: Any, kwargs: Any) -> tuple[Any, Any]:  # noqa: ANN401 - of a call
    if any(value is torch.float32 for value in kwargs.values()):
        kwargs = {k: torch.float64 if v is torch.float32 else v for k, v in kwargs.items()}
    if any(value is torch.float32 for value in args):
        args = tuple(torch.float64 if value is torch.float32 else value for value in args)
    return args, kwargs


def _lowers(func: Any, args: Any, kwargs: Any) -> bool:  # noqa: ANN401 - of a call
    """Whether a call casts a floating tensor below float32."""
    if not args or not isinstance(args[0], Tensor) or not args[0].is_floating_point():
        return False
    if _name(func) in ("half", "bfloat16"):
        return True
    return _name(func) in ("to", "type") and any(
        value in _LOW for value in (*args[1:], *kwargs.values()) if isinstance(value, torch.dtype)
    )


def _name(func: Any) -> str:  # noqa: ANN401 - a function of torch
    return str(getattr(func, "__name__", ""))


_ops: dict[Any, str] = {}


def _op(func: Any) -> str:  # noqa: ANN401 - a function of torch
    """Return the one name of an operation, empty for what computes nothing."""
    known = _ops.get(func)
    if known is None:
        known = _ops[func] = _named(func)
    return known


def _named(func: Any) -> str:  # noqa: ANN401 - a function of torch
    name = _name(func)
    if name == "__get__":
        attribute = getattr(getattr(func, "__self__", None), "__name__", "")
        return attribute if attribute in _TRANSPOSES else ""
    if name in ("__set__", "__delete__", "__setitem__"):
        return ""
    plain = name.strip("_")
    if func is torch.batch_norm:
        return "batch_norm_native"
    plain = _ALIASES.get(plain, plain)
    return "" if plain in _NOT_WATCHED or plain.startswith("is_") else plain


def _body(func: types.FunctionType) -> Callable[..., Any]:
    """Return a function of torch that does not hand itself over to the mode first."""
    own = {name: _never for name in func.__code__.co_names if name.startswith("has_torch_function")}
    opened = types.FunctionType(
        func.__code__, {**func.__globals__, **own}, func.__name__, func.__defaults__
    )
    opened.__kwdefaults__ = func.__kwdefaults__
    return opened


def _never(*_tensors: object) -> bool:
    return False


_bodies = {func: _body(func) for func in _OPENED}
