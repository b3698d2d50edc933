"""See what the constructors of a model's parts are given, while it is built.

Built once, the classes of a model are known; their constructors are wrapped, and it is built again.
What a constructor was given is kept on the instance until it is read, so that a copy of a part
(`copy.deepcopy`, as torch's own encoder makes its layers) has the arguments of its original.
"""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from dataclasses import dataclass
from types import MethodType
from typing import TYPE_CHECKING, Any, Self

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_NOTE = "_scaffold_constructor_call"


@dataclass(frozen=True, slots=True)
class ConstructorCall:
    """What a constructor was given; the outermost, when one calls that of its base."""

    owner: type
    """The class that defines the constructor."""
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def effective(self) -> inspect.BoundArguments:
        """Bind what was given to the constructor's parameters, with the defaults that it took."""
        bound = inspect.signature(MethodType(self.owner.__init__, self)).bind(  # type: ignore[misc]
            *self.args, **self.kwargs
        )
        bound.apply_defaults()
        return bound

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Give itself: a copied part was given what its original was given."""
        return self


@contextmanager
def captured(kinds: Iterable[type[nn.Module]]) -> Iterator[None]:
    """Wrap the constructors of classes, and of those that they inherit from, for a block."""
    owners = {
        owner: owner.__dict__["__init__"]
        for kind in kinds
        for owner in kind.__mro__
        if "__init__" in owner.__dict__ and owner not in (nn.Module, object)
    }
    for owner, original in owners.items():
        owner.__init__ = _wrapped(owner, original)  # type: ignore[misc] # put back below
    try:
        yield
    finally:
        for owner, original in owners.items():
            owner.__init__ = original  # type: ignore[misc] # likewise


def _wrapped(owner: type, original: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(original)
    def constructor(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - any instance
        if isinstance(self, nn.Module):
            call = ConstructorCall(owner, _kept(args), _kept(kwargs))
            self.__dict__.setdefault(_NOTE, call)
        original(self, *args, **kwargs)

    return constructor


def _kept(value: Any) -> Any:  # noqa: ANN401 - of the type of `value`
    """Copy lists and dictionaries, because a constructor may change what it is given."""
    if type(value) in (list, tuple):
        return type(value)(_kept(item) for item in value)
    if type(value) is dict:
        return {name: _kept(item) for name, item in value.items()}
    return value


def take_calls(model: nn.Module) -> dict[str, ConstructorCall]:
    """Read what the constructor of every part was given, and leave no trace on the parts.

    A part whose constructor is not that of its class (the class was made while it was built) is
    left out.
    """
    found: dict[str, ConstructorCall] = {}
    for path, part in model.named_modules():
        call = part.__dict__.pop(_NOTE, None)
        if _owner(part) is nn.Module:
            call = ConstructorCall(nn.Module, (), {})  # which takes nothing
        if isinstance(call, ConstructorCall) and belongs(call, part):
            found[path] = call
    return found


def built_by_its_class(make: Callable[[], nn.Module]) -> tuple[nn.Module, ConstructorCall | None]:
    """Build a model twice; gives the second, and what its own class was given, if that was seen."""
    kind = type(make())
    with captured({kind}):
        model = make()
    return model, take_calls(model).get("")


def belongs(call: ConstructorCall, part: nn.Module) -> bool:
    """Whether what was seen is the constructor of a part's class; a lazy part changes its class."""
    return call.owner is _owner(part)


def _owner(part: nn.Module) -> type | None:
    return next((one for one in type(part).__mro__ if "__init__" in one.__dict__), None)
