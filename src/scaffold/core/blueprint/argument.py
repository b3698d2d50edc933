"""Hold what a constructor was given, as a value that JSON and generated code can spell out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ValueKind(StrEnum):
    """What a value is, and thereby how it is written in code."""

    NONE = "none"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    STRING = "string"
    TUPLE = "tuple"
    LIST = "list"
    DICT = "dict"
    """`names` are the keys as text, `items` the values."""
    CLASS = "class"
    """A class, not an instance of it: `target` is `module:qualname`."""
    FUNCTION = "function"
    """A function or a built-in: `target` is `module:qualname`."""
    PARTIAL = "partial"
    """`functools.partial`: `target` is what is called; an item named `""` is positional."""
    DTYPE = "dtype"
    """`text` is `torch.float32` or alike."""
    PART = "part"
    """A part of the same model: `target` is its path (`""` is the model itself)."""
    MODULE = "module"
    """A torch module that is no part of the model: `target` is its class."""
    CONFIG = "config"
    """A configuration object: `target` is its class, `names` and `items` are its fields.

    Without items it is that of `Origin.config`, or one within it: `text` is `config`, or the way
    to it, `config.vision_config`.
    """
    TENSOR = "tensor"
    """`text` tells shape and dtype."""
    OBJECT = "object"
    """Anything else: `target` is its class, `text` says what it looks like."""


WRITABLE = frozenset(
    {
        ValueKind.NONE,
        ValueKind.BOOL,
        ValueKind.INT,
        ValueKind.FLOAT,
        ValueKind.STRING,
        ValueKind.TUPLE,
        ValueKind.LIST,
        ValueKind.DICT,
    }
)
"""The kinds whose `text` is a python literal, as long as all that is within is one too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """One value.

    `text` is python where python can write it (`64`, `(3, 3)`, `torch.nn.modules.activation.GELU`),
    and else a description.
    """

    kind: ValueKind
    text: str
    target: str = ""
    names: tuple[str, ...] = ()
    items: tuple[Value, ...] = ()

    @property
    def literal(self) -> bool:
        """Whether `text` is a python literal, which needs no import to be written down."""
        return self.kind in WRITABLE and all(item.literal for item in self.items)


class Source(StrEnum):
    """How the value of a constructor argument is known."""

    GIVEN = "given"
    """The caller passed it when the part was built."""
    DEFAULT = "default"
    """The caller passed nothing, so the signature's default took effect."""
    ATTRIBUTE = "attribute"
    """The call was not seen; the instance has an attribute of the argument's name."""
    UNKNOWN = "unknown"
    """The call was not seen and the instance tells nothing; the value is None."""


class Manner(StrEnum):
    """How an argument is passed."""

    POSITIONAL = "positional"
    """By position only."""
    NORMAL = "normal"
    """By position or by name."""
    KEYWORD = "keyword"
    """By name only."""
    REST = "rest"
    """`*args`: the value is a tuple."""
    NAMED_REST = "named rest"
    """`**kwargs`: the value is a dict."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Argument:
    """One constructor argument of one part, with the value that took effect."""

    name: str
    value: Value
    source: Source
    manner: Manner = Manner.NORMAL
    found: Value | None = None
    """What the finished instance has under that name, where it differs from what was passed."""
