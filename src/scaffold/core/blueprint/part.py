"""Hold what is known of one part of a reference, of its class, and of what passes between parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.core.blueprint.argument import Argument, Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """One thing within what went in or came out: a tensor, or a plain value."""

    path: str
    """Where it stands: `0`, `hidden_states`, `0.1`; `""` for a bare output."""
    shape: tuple[int, ...] | None = None
    """None for what is no tensor."""
    dtype: str = ""
    """`float32`, `int64`, ...; the type's name for what is no tensor."""
    tensor: int | None = None
    """Its number among the tensors of the run: equal numbers, one tensor (see `Flow`)."""
    text: str = ""
    """The value of what is no tensor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call of one part, in the run in evaluation mode on the example batch."""

    part: str
    call: int
    """How often the part had been called before: 0 for its first call."""
    order: int
    """When it began, on a clock that counts all beginnings and endings."""
    done: int
    """When it ended, on the same clock."""
    inputs: tuple[Leaf, ...]
    """Positions first (`0`, `1`), then keywords."""
    outputs: tuple[Leaf, ...]
    within: str = ""
    """The part whose call it happened in; of the outermost call, the empty text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """A call of a part that made or took a tensor, and where the tensor stood in it."""

    part: str
    call: int
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """The way of one tensor through the model."""

    tensor: int
    shape: tuple[int, ...]
    dtype: str
    producers: tuple[End, ...]
    """The calls that gave it, the one that ended first before the containers around it.

    Empty for an input of the model (see `input`) and for what glue between the parts has made; but
    a part that gives back what it takes (an identity, a dropout in evaluation) is among them.
    """
    consumers: tuple[End, ...]
    """The calls that took it, in the order in which they began."""
    input: str = ""
    """The name of the model's input that it is."""
    made_of: tuple[int, ...] = ()
    """The tensors (inputs, or what parts took or gave) of which glue between the parts made it.

    Empty for what was made of weights alone, and for what a part had given before any took it.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """One parameter or buffer."""

    name: str
    """Its full name, as in the state dict."""
    shape: tuple[int, ...]
    dtype: str
    part: str
    """The part that holds it itself."""
    buffer: bool = False
    persistent: bool = True
    """Whether it is in the state dict; a parameter always is."""
    trainable: bool = True
    """Whether it requires a gradient; a buffer never does."""
    aliases: tuple[str, ...] = ()
    """Other names under which the model holds the same tensor (tied weights)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One module of the reference."""

    path: str
    """Its name in the model; `""` for the model itself."""
    module: str
    """The python module of its class."""
    qualname: str
    """The qualified name of its class."""
    arguments: tuple[Argument, ...] = ()
    """What its constructor was given and what defaults took effect, in the signature's order."""
    captured: bool = True
    """Whether the constructor's call was seen; else the arguments are what the instance tells."""
    children: tuple[str, ...] = ()
    """The paths of its direct children, in order of registration."""
    aliases: tuple[str, ...] = ()
    """Other paths under which the model holds the same part."""
    calls: int = 0
    """How often it ran on the example batch."""
    inputs: tuple[Leaf, ...] = ()
    """What went into its first call."""
    outputs: tuple[Leaf, ...] = ()
    """What came out of its first call."""
    weights: tuple[str, ...] = ()
    """The full names of the parameters and buffers that it holds itself."""
    parameters: int = 0
    """How many numbers are in its parameters and those of all parts within, each counted once."""
    flops: int = 0
    """Floating-point operations of all its calls on the example batch, parts within included."""
    attributes: tuple[Attribute, ...] = ()
    """Public plain attributes of the instance that no constructor argument names."""

    @property
    def kind(self) -> str:
        """The class as `module:qualname`."""
        return f"{self.module}:{self.qualname}"

    @property
    def name(self) -> str:
        """The last piece of its path."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribute:
    """One attribute as found on an instance."""

    name: str
    value: Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One parameter of a signature."""

    name: str
    manner: str
    """A `Manner`."""
    default: Value | None = None
    """None when the signature gives no default."""
    annotation: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartClass:
    """One distinct class of the parts."""

    module: str
    qualname: str
    parts: tuple[str, ...]
    """The paths of its instances, in order of registration."""
    signature: tuple[Parameter, ...] = ()
    """The constructor's, without `self`."""
    forward: tuple[Parameter, ...] = ()
    """The signature of `forward`, without `self`."""
    source: str = ""
    """File and line, named from the root of its package; empty where there is no file."""
    torch: bool = False
    """Whether the class is torch's own, so that nobody writes it again."""
    within: tuple[str, ...] = ()
    """The classes of which instances are direct children of its instances, as `module:qualname`."""
    lineage: tuple[str, ...] = ()
    """The classes that it inherits from, up to torch's own, as `module:qualname`."""

    @property
    def kind(self) -> str:
        """The class as `module:qualname`."""
        return f"{self.module}:{self.qualname}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeat:
    """Parts that are built alike: one class, equal constructor arguments, equal weights' shapes."""

    kind: str
    """The class as `module:qualname`."""
    parts: tuple[str, ...]
    """Two paths or more."""
