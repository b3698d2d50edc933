"""Hold how a reference is made, found and checked, but not made yet."""

from __future__ import annotations

import inspect
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec.near import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from scaffold.reference.spec.spec import Plain, Spec


@dataclass(frozen=True, kw_only=True, slots=True)
class Factory:
    """How one reference is made."""

    make: Callable[[], Any]
    """Builds it once; every call builds it anew."""
    builder: str
    """The function or class that is called, as `module:qualname`."""
    added: Mapping[str, Plain] = field(default_factory=dict)
    """The arguments that were added to those of the spec: `pretrained=False`."""
    home: Path = field(default_factory=Path)
    """The folder from which its own files are named."""
    imports: Callable[[], AbstractContextManager[object]] = nullcontext
    """In this block its modules can be imported; it is built and run within."""


def refuse_weights(spec: Spec, names: tuple[str, ...]) -> None:
    """Raise when the spec asks for trained weights.

    Raises:
        ScaffoldError: One of the names is given, and is neither false nor none.
    """
    for name, value in spec.arguments:
        if name in names and value not in (None, False):
            raise ScaffoldError(
                f"{name}={value} asks for trained weights, which need the hub",
                where=spec.text,
                remedy=f"leave out {name}: a reference is built with random weights from a seed; "
                "weights from a file are mapped afterwards",
            )


def refuse_dotted(spec: Spec) -> None:
    """Raise when an argument has a dot in its name, which only configurations have.

    Raises:
        ScaffoldError: There is one.
    """
    for name, _ in spec.arguments:
        if "." in name:
            raise ScaffoldError(
                f"{name} is no name of an argument",
                where=spec.text,
                remedy="a dot reaches into a configuration, which only transformers: has",
            )


def check_arguments(function: Callable[..., Any], spec: Spec, given: Mapping[str, Plain]) -> None:
    """Raise when a function does not take what it would be given.

    Raises:
        ScaffoldError: An argument that it has not, or one that it needs and is not given.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    kinds = {name: one.kind for name, one in signature.parameters.items()}
    if inspect.Parameter.VAR_KEYWORD not in kinds.values():
        for name in given:
            if name not in kinds:
                raise ScaffoldError(
                    f"takes no argument {name!r}",
                    where=spec.text,
                    remedy=did_you_mean(name, kinds, otherwise=f"it takes {', '.join(kinds)}")
                    if kinds
                    else "leave it out: it takes none",
                )
    rest = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    for name, one in signature.parameters.items():
        if one.default is inspect.Parameter.empty and one.kind not in rest and name not in given:
            raise ScaffoldError(
                f"needs the argument {name!r}", where=spec.text, remedy=f"add {name}=VALUE"
            )
