"""Gather what is known of one class of theirs over all its places: arguments, shapes, weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scaffold.core.blueprint import Manner, ValueKind
from scaffold.generate.around.names import named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scaffold.core.blueprint import Blueprint, Leaf, Parameter, Part, PartClass, Value

FEW = 4
"""So many different values or places are spelt out; of more, how many there are."""
_PLAIN = {
    ValueKind.NONE: "None",
    ValueKind.BOOL: "bool",
    ValueKind.INT: "int",
    ValueKind.FLOAT: "float",
    ValueKind.STRING: "str",
    ValueKind.PART: "nn.Module",
    ValueKind.MODULE: "nn.Module",
}
_CALLED = (ValueKind.CLASS, ValueKind.FUNCTION, ValueKind.PARTIAL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One parameter of a constructor or of `forward`."""

    name: str
    annotation: str
    manner: Manner
    default: str = ""
    """Python; empty where there is none. A constructor has none: it is given every value."""
    about: str = ""
    """What it is at the places of the class."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassFacts:
    """One class that is to be written."""

    theirs: str
    module: str
    name: str
    source: str
    places: tuple[str, ...]
    arguments: tuple[Told, ...]
    takes: tuple[Told, ...]
    gives: str
    """The annotation of what comes out."""
    shapes: tuple[str, ...]
    """What goes in and comes out on the example batch, one line for each way that occurs."""
    holds: tuple[str, ...]
    """The classes of the parts within, ours where we write them."""
    weights: tuple[str, ...]
    """The weights that it holds itself, with shapes, at its first place."""

    @property
    def is_root(self) -> bool:
        """Whether it is the class of the model itself."""
        return "" in self.places


def class_facts(blueprint: Blueprint) -> tuple[ClassFacts, ...]:
    """Describe every class that torch does not bring, and the model's own, small layers first."""
    mine = [_own(kind) for kind in blueprint.classes if not kind.torch or "" in kind.parts]
    names = named(mine)
    parts = {part.path: part for part in blueprint.parts}
    shapes = {weight.name: weight.shape for weight in blueprint.weights}
    return tuple(
        _facts(kind, [parts[path] for path in kind.parts if path in parts], names, shapes)
        for kind in mine
    )


def _own(kind: PartClass) -> PartClass:
    """Leave a class of torch's that is the model itself (a bare sequence) its one place."""
    return replace(kind, parts=("",)) if kind.torch else kind


def _facts(
    kind: PartClass,
    parts: Sequence[Part],
    names: dict[str, tuple[str, str]],
    shapes: dict[str, tuple[int, ...]],
) -> ClassFacts:
    module, name = names[kind.kind]
    first = next((part for part in parts if part.calls), parts[0])
    return ClassFacts(
        theirs=kind.kind,
        module=module,
        name=name,
        source=kind.source,
        places=kind.parts,
        arguments=tuple(_argument(one, parts) for one in kind.signature),
        takes=tuple(_taken(one, number, parts) for number, one in enumerate(kind.forward)),
        gives=_given(first.outputs),
        shapes=_distinct(_shape(part) for part in parts if part.calls),
        holds=tuple(_held(inner, names) for inner in kind.within),
        weights=tuple(
            f"{path.removeprefix(first.path).lstrip('.')} {_size(shapes[path])}"
            for path in first.weights
        ),
    )


def _argument(parameter: Parameter, parts: Sequence[Part]) -> Told:
    """Give a constructor's argument the type and the values that its places show."""
    seen = [one.value for part in parts for one in part.arguments if one.name == parameter.name]
    return Told(
        name=parameter.name,
        annotation=_annotation(seen, parameter.manner),
        manner=Manner(parameter.manner),
        about=_some(_distinct(value.text.replace("\n", " ") for value in seen)) or "not seen",
    )


def _annotation(seen: Iterable[Value], manner: str) -> str:
    if manner in (Manner.REST, Manner.NAMED_REST):
        return "Any"
    words = list(dict.fromkeys(map(_type, seen)))
    if not words or "Any" in words:
        return "Any"
    if "float" in words and "int" in words:
        words.remove("int")
    return " | ".join(sorted(words, key=lambda word: word == "None"))


def _type(value: Value) -> str:
    if value.kind in _CALLED:
        return "Callable[..., Any]"
    if value.kind in (ValueKind.TUPLE, ValueKind.LIST):
        inner = set(map(_type, value.items))
        if len(inner) == 1 and "Any" not in inner:
            word = inner.pop()
            return f"tuple[{word}, ...]" if value.kind is ValueKind.TUPLE else f"list[{word}]"
        return "tuple[Any, ...]" if value.kind is ValueKind.TUPLE else "list[Any]"
    return _PLAIN.get(value.kind, "Any")


def _taken(parameter: Parameter, number: int, parts: Iterable[Part]) -> Told:
    """Give a parameter of `forward` its type: a tensor where every call passed one."""
    seen = [
        leaf for part in parts for leaf in part.inputs if leaf.path in (str(number), parameter.name)
    ]
    tensor = bool(seen) and all(leaf.shape is not None for leaf in seen)
    default = parameter.default
    return Told(
        name=parameter.name,
        annotation="Tensor" if tensor and default is None else "Any",
        manner=Manner(parameter.manner),
        default="" if default is None else (default.text if default.literal else "None"),
    )


def _given(outputs: Sequence[Leaf]) -> str:
    bare = len(outputs) == 1 and outputs[0].path == "" and outputs[0].shape is not None
    return "Tensor" if bare else "Any"


def _shape(part: Part) -> str:
    taken = ", ".join(
        f"{leaf.path} {_leaf(leaf)}" for leaf in part.inputs if leaf.shape is not None
    )
    given = ", ".join(
        f"{leaf.path} {_leaf(leaf)}".strip() for leaf in part.outputs if leaf.shape is not None
    )
    return f"{taken or 'no tensor'} -> {given or 'no tensor'}"


def _leaf(leaf: Leaf) -> str:
    return f"{leaf.dtype}{_size(leaf.shape or ())}"


def _size(shape: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, shape))}]"


def _held(kind: str, names: dict[str, tuple[str, str]]) -> str:
    if kind in names:
        return names[kind][1]
    module, _, name = kind.partition(":")
    return f"nn.{name}" if module.startswith("torch.nn") else kind


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _some(words: Sequence[str]) -> str:
    told = " or ".join(words[:FEW])
    return told if len(words) <= FEW else f"{told}, and {len(words) - FEW} more"
