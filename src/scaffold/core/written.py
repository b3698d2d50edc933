"""Turn frozen dataclasses into what JSON can hold, and back, by their type hints alone."""

from __future__ import annotations

import sys
import types
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def written(value: object) -> Any:  # noqa: ANN401 - what JSON holds
    """Give dataclasses as dictionaries, tuples as lists, enumerations as their values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [written(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value


def read(kind: type[T], content: Any) -> T:  # noqa: ANN401 - what JSON holds
    """Make the value of a dataclass again; unknown keys are left out, missing ones have defaults.

    Raises:
        ValueError: The content is not of that form; the message names the place.
    """
    return _read(kind, content, kind.__name__)  # type: ignore[no-any-return] # by its hint


def _read(kind: Any, content: Any, place: str) -> Any:  # noqa: ANN401 - a type hint, and its value
    if is_dataclass(kind):
        return _dataclass(kind, content, place)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(inner, content, place)
    if origin is tuple:
        if not isinstance(content, list):
            raise _unfit("a list", content, place)
        return tuple(_read(inner[0], item, f"{place}[{i}]") for i, item in enumerate(content))
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(content)
        except ValueError:
            raise _unfit(
                f"one of {', '.join(str(one.value) for one in kind)}", content, place
            ) from None
    wanted = (int, float) if kind is float else kind
    if not isinstance(content, wanted) or (isinstance(content, bool) and kind is not bool):
        raise _unfit(kind.__name__, content, place)
    return content


def _dataclass(kind: Any, content: Any, place: str) -> Any:  # noqa: ANN401 - a class, and its value
    if not isinstance(content, dict):
        raise _unfit("an object", content, place)
    types_of = hints(kind)
    known = {
        name: _read(types_of[name], one, f"{place}.{name}")
        for name, one in content.items()
        if name in types_of
    }
    try:
        return kind(**known)
    except TypeError as error:
        raise ValueError(f"{place}: {str(error).partition('() ')[2]}") from None


def _optional(inner: tuple[Any, ...], content: Any, place: str) -> Any:  # noqa: ANN401 - likewise
    if content is None and type(None) in inner:
        return None
    (kind,) = [one for one in inner if one is not type(None)]
    return _read(kind, content, place)


def _unfit(wanted: str, content: object, place: str) -> ValueError:
    return ValueError(f"{place}: expected {wanted}, found {type(content).__name__} {content!r:.60}")


@cache
def hints(kind: type) -> dict[str, Any]:
    """Give the types of the fields of a dataclass.

    Modules import each other for type checkers alone, so names are looked up in the package too.
    """
    package = sys.modules[kind.__module__.rpartition(".")[0]]
    names = {field.name for field in fields(kind)}
    return {
        name: hint
        for name, hint in get_type_hints(kind, localns=vars(package)).items()
        if name in names
    }
