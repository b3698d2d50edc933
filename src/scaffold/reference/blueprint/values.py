"""Turn what is found on a live model into the values of a blueprint."""

from __future__ import annotations

import dataclasses
import enum
import functools
import inspect
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from scaffold.core.blueprint import Value, ValueKind
from scaffold.reference.spec.values import value_of_plain
from scaffold.trace.isolation import PREFIX

_DEPTH = 8
_WIDTH = 120
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Values:
    """Turns objects into values; knows the parts of a model, and its configuration."""

    def __init__(self, model: nn.Module | None = None) -> None:
        """Prepare for the parts of one model."""
        named = model.named_modules() if model is not None else ()
        self._parts = {id(part): path for path, part in named}
        self._configs: dict[int, str] = {}
        self._known: dict[int, Value] = {}
        config = getattr(model, "config", None)
        if is_config(config):
            self._note(config, "config")

    def _note(self, config: Any, path: str) -> None:  # noqa: ANN401 - a configuration
        """Remember the configurations within one by their paths, so that each is told once."""
        if id(config) in self._configs:
            return
        self._configs[id(config)] = path
        for name, value in fields_of(config).items():
            if is_config(value):
                self._note(value, f"{path}.{name}")

    def whole(self, config: Any) -> Value:  # noqa: ANN401 - a configuration
        """Give a configuration with all its fields."""
        return self._config(config, 0)

    def of(self, value: Any, depth: int = 0) -> Value:  # noqa: ANN401 - anything
        """Give one value."""
        if value is None or type(value) in (bool, int, float, str):
            return value_of_plain(value)
        if isinstance(value, nn.Module):
            path = self._parts.get(id(value))
            if path is not None:
                return Value(kind=ValueKind.PART, text=path or "the model", target=path)
            return Value(kind=ValueKind.MODULE, text=_short(value), target=name_of(type(value)))
        if isinstance(value, Tensor):
            dtype = str(value.dtype).removeprefix("torch.")
            return Value(kind=ValueKind.TENSOR, text=f"{dtype}{tuple(value.shape)}")
        if isinstance(value, torch.dtype):
            return Value(kind=ValueKind.DTYPE, text=str(value))
        if isinstance(value, type):
            return Value(kind=ValueKind.CLASS, text=_dotted(value), target=name_of(value))
        if depth >= _DEPTH:
            return _opaque(value)
        return self._container(value, depth)

    def _container(self, value: Any, depth: int) -> Value:  # noqa: ANN401 - anything
        if isinstance(value, functools.partial):
            return self._partial(value, depth)
        if inspect.isroutine(value):
            return Value(kind=ValueKind.FUNCTION, text=_dotted(value), target=name_of(value))
        if isinstance(value, enum.Enum):
            return _opaque(value, text=f"{type(value).__qualname__}.{value.name}")
        if isinstance(value, tuple | list):
            items = tuple(self.of(item, depth + 1) for item in value)
            kind = ValueKind.TUPLE if isinstance(value, tuple) else ValueKind.LIST
            return Value(kind=kind, text=_sequence(kind, items), items=items)
        if is_config(value):
            path = self._configs.get(id(value))
            if path is not None:
                return Value(kind=ValueKind.CONFIG, text=path, target=name_of(type(value)))
            return self._config(value, depth)
        if isinstance(value, Mapping):
            names = tuple(key if isinstance(key, str) else _short(key) for key in value)
            items = tuple(self.of(item, depth + 1) for item in value.values())
            pairs = (f"{_short(key)}: {i.text}" for key, i in zip(value, items, strict=True))
            return Value(
                kind=ValueKind.DICT, text=f"{{{', '.join(pairs)}}}", names=names, items=items
            )
        number = value.item() if hasattr(value, "item") and hasattr(value, "dtype") else None
        plain = isinstance(number, bool | int | float)
        return value_of_plain(number) if plain else _opaque(value)

    def _partial(self, value: functools.partial[Any], depth: int) -> Value:
        names = (*("" for _ in value.args), *value.keywords)
        given = [self.of(one, depth + 1) for one in (*value.args, *value.keywords.values())]
        words = [f"{n}={i.text}" if n else i.text for n, i in zip(names, given, strict=True)]
        function = _dotted(value.func)
        return Value(
            kind=ValueKind.PARTIAL,
            text=f"functools.partial({', '.join([function, *words])})",
            target=name_of(value.func),
            names=names,
            items=tuple(given),
        )

    def _config(self, value: Any, depth: int) -> Value:  # noqa: ANN401 - a configuration
        found = fields_of(value)
        return Value(
            kind=ValueKind.CONFIG,
            text=f"{type(value).__name__}(...)",
            target=name_of(type(value)),
            names=tuple(found),
            items=tuple(
                self._config(item, depth + 1)
                if is_config(item) and depth < _DEPTH
                else self.of(item, depth + 1)
                for item in found.values()
            ),
        )


def is_config(value: object) -> bool:
    """Whether an object is a configuration: a dataclass, or one that gives itself as a dict."""
    if isinstance(value, type) or value is None or isinstance(value, Mapping | nn.Module):
        return False
    if isinstance(value, tuple | list):
        return False
    return dataclasses.is_dataclass(value) or callable(getattr(type(value), "to_dict", None))


def fields_of(config: Any) -> dict[str, Any]:  # noqa: ANN401 - a configuration
    """Give the public fields of a configuration, as they are set on it."""
    if dataclasses.is_dataclass(config):
        names = [field.name for field in dataclasses.fields(config)]
        known = {name: getattr(config, name) for name in names if hasattr(config, name)}
    else:
        known = {}
    rest = {**known, **getattr(config, "__dict__", {})}
    public = {name: one for name, one in rest.items() if not name.startswith("_")}
    # Of transformers: which attention runs is decided when a model is built, and told nowhere else.
    attention = rest.get("_attn_implementation_internal") or rest.get("_attn_implementation")
    return {**public, "attn_implementation": attention} if attention else public


def name_of(value: Any) -> str:  # noqa: ANN401 - a class or a function
    """Give `module:qualname`."""
    return f"{module_of(value)}:{getattr(value, '__qualname__', None) or type(value).__qualname__}"


def module_of(value: Any) -> str:  # noqa: ANN401 - a class or a function
    """Name the module of a class or a function; that of a file is called as the file is."""
    name = str(getattr(value, "__module__", None) or "builtins")
    if not name.startswith(PREFIX):
        return name
    return Path(getattr(sys.modules.get(name), "__file__", None) or name).stem


def _dotted(value: Any) -> str:  # noqa: ANN401 - a class or a function
    module, _, name = name_of(value).partition(":")
    return name if module == "builtins" else f"{module}.{name}"


def _sequence(kind: ValueKind, items: tuple[Value, ...]) -> str:
    inner = ", ".join(item.text for item in items)
    if kind is ValueKind.LIST:
        return f"[{inner}]"
    return f"({inner},)" if len(items) == 1 else f"({inner})"


def _opaque(value: Any, text: str = "") -> Value:  # noqa: ANN401 - anything
    return Value(kind=ValueKind.OBJECT, text=text or _short(value), target=name_of(type(value)))


def _short(value: object) -> str:
    try:
        text = " ".join(_ADDRESS.sub("", repr(value)).split())
    except Exception:  # noqa: BLE001 - a stranger's repr
        text = f"<{type(value).__qualname__}>"
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."
