"""A reference as a frozen value: its parts, how they are built, what passes between them.

It stands among the nouns because two rooms that do not know each other speak of it: `reference`
makes it, `generate` reads it.
"""

from scaffold.core.blueprint.argument import Argument, Manner, Source, Value, ValueKind
from scaffold.core.blueprint.part import (
    Attribute,
    Call,
    End,
    Flow,
    Leaf,
    Parameter,
    Part,
    PartClass,
    Repeat,
    Weight,
)
from scaffold.core.blueprint.whole import (
    SCHEMA,
    Blueprint,
    Determinism,
    Distribution,
    Environment,
    Given,
    Input,
    InputKind,
    ModeEffect,
    Modes,
    Origin,
    Preprocessing,
)

__all__ = [
    "SCHEMA",
    "Argument",
    "Attribute",
    "Blueprint",
    "Call",
    "Determinism",
    "Distribution",
    "End",
    "Environment",
    "Flow",
    "Given",
    "Input",
    "InputKind",
    "Leaf",
    "Manner",
    "ModeEffect",
    "Modes",
    "Origin",
    "Parameter",
    "Part",
    "PartClass",
    "Preprocessing",
    "Repeat",
    "Source",
    "Value",
    "ValueKind",
    "Weight",
]
