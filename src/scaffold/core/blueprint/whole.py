"""Hold all that is known of a reference before a line of it is rewritten."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.core.blueprint.argument import Value
    from scaffold.core.blueprint.part import (
        Attribute,
        Call,
        Flow,
        Leaf,
        Part,
        PartClass,
        Repeat,
        Weight,
    )

SCHEMA = 1
"""The version of the document; it rises when a reader of the old form would be misled."""


class InputKind(StrEnum):
    """What the numbers of an input mean, and thereby how an example is drawn."""

    IMAGE = "image"
    """Near-normal numbers, as an image is after normalisation; `low`/`high` bound it if given."""
    REAL = "real"
    """Near-normal numbers that are no image: audio, features."""
    TOKENS = "tokens"
    """Whole numbers from `low` up to and including `high`."""
    MASK = "mask"
    """Ones, and zeros at the end of the last row: a padding mask."""
    CLASSES = "classes"
    """Class numbers from `low` up to and including `high`."""
    BOXES = "boxes"
    """Rows of `x1, y1, x2, y2` in pixels within an image."""
    CONSTANT = "constant"
    """Every element is `low`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One tensor of the example batch."""

    name: str
    """The parameter of `forward` that takes it."""
    shape: tuple[int, ...]
    dtype: str
    kind: InputKind
    low: float | None = None
    high: float | None = None
    path: str = ""
    """Where it stands in that parameter's value: `0` in a list, `0.boxes` in a list of dicts."""
    positional: bool = True
    """Whether it is passed by position; else by the keyword `name`."""
    training: bool = False
    """Whether only a run in training mode takes it (detection targets)."""
    last: int | None = None
    """The token that ends every row, where the model looks for the end of a sequence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """One `key=value` of a spec, or a value that the builder added (`pretrained=False`)."""

    name: str
    value: Value
    added: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """How the reference is built again."""

    spec: str
    """The whole spec as text: `timm:vit_tiny_patch16_224`."""
    source: str
    """`timm`, `torchvision`, `transformers`, `python` or `file`."""
    name: str
    """What stands after the colon."""
    arguments: tuple[Given, ...]
    seed: int = 0
    builder: str = ""
    """The function or class that was called, as `module:qualname`."""
    config: Value | None = None
    """The effective configuration object, where the model is built from one."""
    python: str = ""
    """The interpreter that was asked for; empty for the one that runs scaffold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """One installed distribution that classes of the model come from."""

    name: str
    version: str
    licence: str
    commit: str = ""
    """Of an installation from a repository, or of the repository the file lies in."""
    remote: str = ""
    modified: bool = False
    """Whether the repository has changes that are not committed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """What the reference ran on."""

    python: str
    torch: str
    platform: str
    processor: str
    instructions: str
    threads: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Preprocessing:
    """What turns a sample into the model's input, as the reference's own metadata tells.

    `settings` are plain values by name; the names are those of the source. What is common to
    images stands under common names too.
    """

    source: str
    """Where it is from: a function of timm, a weights entry, the class of a processor."""
    size: tuple[int, ...] = ()
    """Channels, height, width of what goes into an image model."""
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    interpolation: str = ""
    crop: float | None = None
    """Which share of the resized image the centre crop keeps."""
    antialias: bool | None = None
    settings: tuple[Attribute, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ModeEffect:
    """A part that does something else in training mode."""

    part: str
    effect: str
    """`dropout`, `batch norm`, `stochastic depth` or `other`."""
    detail: str = ""
    """`p=0.1`, `momentum=0.1`, ..."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Modes:
    """What differs between training and evaluation."""

    effects: tuple[ModeEffect, ...] = ()
    ran: bool = True
    """Whether the model ran in training mode on the example batch."""
    failure: str = ""
    """What it raised where it did not."""
    outputs: tuple[Leaf, ...] = ()
    """What came out in training mode, where shape, path or type differ from evaluation."""
    values: bool = False
    """Whether values of the output differ between the two."""
    buffers: tuple[str, ...] = ()
    """Buffers that a forward pass in training mode changes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Determinism:
    """What two runs have in common."""

    build: bool
    """Whether two builds from one seed give equal weights."""
    evaluation: bool
    """Whether two runs in evaluation mode give equal outputs, with other random numbers."""
    training: bool | None
    """Whether two runs in training mode from one seed give equal outputs; None: did not run."""
    parts: tuple[str, ...] = ()
    """Parts whose outputs differ in evaluation though their inputs do not."""
    weights: tuple[str, ...] = ()
    """Weights that differ between two builds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Blueprint:
    """A reference as a value: all that a generator and a reader need, and none of its source."""

    origin: Origin
    distributions: tuple[Distribution, ...]
    """The one of the model's own class first."""
    environment: Environment
    parts: tuple[Part, ...]
    """In order of registration, the model itself (`path == ""`) first."""
    classes: tuple[PartClass, ...]
    """Every distinct class, one that holds others after them: small layers first."""
    weights: tuple[Weight, ...]
    calls: tuple[Call, ...]
    """In the order in which they began."""
    flows: tuple[Flow, ...]
    repeats: tuple[Repeat, ...]
    inputs: tuple[Input, ...]
    outputs: tuple[Leaf, ...]
    """What the model gives in evaluation mode."""
    output_kind: str
    """`tensor`, `tuple`, `list`, `dict`, or the class of a dataclass as `module:qualname`."""
    parameters: int
    """How many numbers are in all parameters, shared ones counted once."""
    trainable: int
    flops: int
    """Floating-point operations of one forward pass on the example batch, as torch counts them."""
    preprocessing: Preprocessing | None
    modes: Modes
    determinism: Determinism
    notes: tuple[str, ...] = ()
    """What could not be found out, and why."""
    schema: int = SCHEMA

    @property
    def root(self) -> Part:
        """The model itself."""
        return self.parts[0]

    def part(self, path: str) -> Part:
        """Give the part of that path; an unknown path is the caller's mistake."""
        for part in self.parts:
            if part.path == path:
                return part
        raise ValueError(path)
