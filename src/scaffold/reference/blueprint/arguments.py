"""Say which constructor arguments took effect for a part, passed or by default."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint import Argument, Attribute, Manner, Parameter, Source, ValueKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from scaffold.core.blueprint import Value
    from scaffold.reference.blueprint.values import Values
    from scaffold.reference.capture import ConstructorCall

_MANNERS = {
    inspect.Parameter.POSITIONAL_ONLY: Manner.POSITIONAL,
    inspect.Parameter.POSITIONAL_OR_KEYWORD: Manner.NORMAL,
    inspect.Parameter.KEYWORD_ONLY: Manner.KEYWORD,
    inspect.Parameter.VAR_POSITIONAL: Manner.REST,
    inspect.Parameter.VAR_KEYWORD: Manner.NAMED_REST,
}
_TELLING = {ValueKind.BOOL, ValueKind.INT, ValueKind.FLOAT, ValueKind.STRING, ValueKind.TUPLE}
_WIDTH = 120


def signature(function: Callable[..., Any], values: Values) -> tuple[Parameter, ...]:
    """Give the parameters of a function, without the first where that is `self`."""
    return tuple(
        Parameter(
            name=name,
            manner=_MANNERS[one.kind],
            default=None if one.default is one.empty else values.of(one.default),
            annotation="" if one.annotation is one.empty else _annotation(one.annotation),
        )
        for name, one in _parameters(function).items()
    )


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    try:
        found = dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}
    return {name: one for name, one in found.items() if name != "self"}


def _annotation(annotation: object) -> str:
    if isinstance(annotation, str):
        return annotation[:_WIDTH]
    return inspect.formatannotation(annotation)[:_WIDTH]


def arguments(
    part: nn.Module, call: ConstructorCall | None, values: Values
) -> tuple[Argument, ...]:
    """Give every constructor argument of a part in the order of the signature.

    Args:
        part: An instance.
        call: What its constructor was given, where that was seen.
        values: Turns objects into values.
    """
    parameters = _parameters(type(part).__init__)
    bound = _bound(type(part), call)
    if bound is None:
        return tuple(
            _read(name, one, part, values)
            for name, one in parameters.items()
            if _MANNERS[one.kind] not in (Manner.REST, Manner.NAMED_REST)
        )
    found: list[Argument] = []
    for name, one in parameters.items():
        manner = _MANNERS[one.kind]
        if name in bound:
            value, source = values.of(bound[name]), Source.GIVEN
        elif manner in (Manner.REST, Manner.NAMED_REST):
            continue
        else:
            value, source = values.of(one.default), Source.DEFAULT
        found.append(
            Argument(
                name=name,
                value=value,
                source=source,
                manner=manner,
                found=_found(part, name, value, values),
            )
        )
    return tuple(found)


def _bound(kind: type[nn.Module], call: ConstructorCall | None) -> dict[str, Any] | None:
    if call is None:
        return None
    try:
        bound = inspect.signature(kind.__init__).bind(None, *call.args, **call.kwargs)
    except (TypeError, ValueError):
        return None
    return dict(list(bound.arguments.items())[1:])


def _read(name: str, one: inspect.Parameter, part: nn.Module, values: Values) -> Argument:
    """Read an argument off the instance, where its constructor was not seen."""
    manner = _MANNERS[one.kind]
    own = getattr(part, name, one)
    if own is not one and not inspect.ismethod(own):
        value, source = values.of(own), Source.ATTRIBUTE
    else:
        value, source = values.of(None), Source.UNKNOWN
    return Argument(name=name, value=value, source=source, manner=manner)


def _found(part: nn.Module, name: str, passed: Value, values: Values) -> Value | None:
    """Give the plain attribute of an argument's name, where it says something else."""
    if name not in vars(part) or passed.kind not in {*_TELLING, ValueKind.NONE, ValueKind.LIST}:
        return None
    value = values.of(vars(part)[name])
    return value if value.literal and value != passed else None


def attributes(
    part: nn.Module, named: tuple[Argument, ...], values: Values
) -> tuple[Attribute, ...]:
    """Give the plain public attributes of an instance that no argument names."""
    taken = {one.name for one in named} | {"training"}
    found = {
        name: values.of(value)
        for name, value in vars(part).items()
        if not name.startswith("_") and name not in taken
    }
    return tuple(
        Attribute(name=name, value=value)
        for name, value in found.items()
        if value.kind in _TELLING and value.literal
    )
