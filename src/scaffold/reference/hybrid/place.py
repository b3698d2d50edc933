"""Build a reference, and put each written class in at the places of the class that it rewrites."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.values import name_of
from scaffold.reference.capture import captured, take_calls
from scaffold.reference.hybrid.weights import alike, tie
from scaffold.trace.tied import tied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.reference.capture import ConstructorCall


def hybrid(build: Callable[[], nn.Module], written: Mapping[str, type[nn.Module]]) -> nn.Module:
    """Build a reference in which some classes are ours.

    The reference is built, its classes' constructors are wrapped, and it is built again from the
    same random numbers, so that what every part was given is known. A written class is built with
    what the class that it rewrites was given. Where one written class lies within another, the
    outer one wins: what is within it is its own affair. Ours is given the defaults too that took
    effect in theirs, where it takes them: nothing is left implicit (P13). The starting weights of
    the reference's part are kept where ours has the same names and shapes, for a reference often
    draws them at its root; weights that the reference ties stay tied where both names still exist.

    Args:
        build: Builds the reference, from torch's global generator.
        written: Our class for each class of theirs, by `module:qualname`.

    Raises:
        ScaffoldError: A written class has no place, or cannot be built with what theirs was given.
    """
    if not written:
        return build()
    state = torch.get_rng_state()
    kinds = {type(part) for part in build().modules()}
    torch.set_rng_state(state)
    _refuse_strangers(written, {name_of(kind) for kind in kinds})
    with captured(kinds):
        model = build()
    bonds = tied(model)
    calls = {model.get_submodule(path): call for path, call in take_calls(model).items()}
    model = _Place(written, calls).placed(model, "")
    tie(model, bonds)
    return model


_REST = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(slots=True)
class _Place:
    """Replace the parts of written classes, each once however often the model holds it."""

    written: Mapping[str, type[nn.Module]]
    calls: Mapping[nn.Module, ConstructorCall]
    done: dict[nn.Module, nn.Module] = field(default_factory=dict)

    def placed(self, part: nn.Module, path: str) -> nn.Module:
        """Give what stands in the place of a part: itself with ours within, or ours."""
        if part in self.done:
            return self.done[part]
        self.done[part] = part
        if name_of(type(part)) in self.written:
            self.done[part] = self.built(part, path).train(part.training)
        else:
            for name, child in part._modules.items():  # noqa: SLF001 - also what is held twice
                if child is not None:
                    inner = f"{path}.{name}" if path else name
                    part._modules[name] = self.placed(child, inner)  # noqa: SLF001
        return self.done[part]

    def built(self, part: nn.Module, path: str) -> nn.Module:
        """Build ours with what theirs was given; a part that it was given is replaced first."""
        kind = name_of(type(part))
        ours, place = self.written[kind], path or "the model"
        where = f"{ours.__module__}.{ours.__qualname__}"
        if part not in self.calls:
            raise ScaffoldError(
                f"cannot stand for {kind} at {place}: what that was given was not seen",
                where=where,
                remedy="write the class around it instead, which builds it itself",
            )
        args, kwargs = accepted(ours, self.calls[part].effective())
        args = tuple(self.given(value, path) for value in args)
        kwargs = {name: self.given(value, path) for name, value in kwargs.items()}
        try:
            made = ours(*args, **kwargs)
        except (TypeError, NotImplementedError) as error:
            raise ScaffoldError(
                f"cannot be built with what {kind} was given at {place} ({error})",
                where=where,
                remedy="give its constructor the arguments that the docstring of the class lists",
            ) from error
        return alike(made, part)

    def given(self, value: Any, path: str) -> Any:  # noqa: ANN401 - any argument
        """Give an argument with the parts in it replaced."""
        if isinstance(value, nn.Module):
            return self.placed(value, path)
        if type(value) in (list, tuple):
            return type(value)(self.given(item, path) for item in value)
        return value


def accepted(
    ours: type[nn.Module], bound: inspect.BoundArguments
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Give what ours is built with: by name, those of theirs' arguments that it takes.

    A class of a library takes many arguments that play no part in one model; ours need not have
    them, since parity proves what it computes. One that names them otherwise is given all of them,
    as theirs was.
    """
    if ours.__init__ is nn.Module.__init__:  # it has no constructor, which would take anything
        return (), {}
    theirs, own = bound.signature.parameters.values(), inspect.signature(ours).parameters.values()
    given: dict[str, Any] = {}
    for one in theirs:
        if one.name in bound.arguments:
            value = bound.arguments[one.name]
            given |= value if one.kind is one.VAR_KEYWORD else {one.name: value}
    needs = {one.name for one in own if one.default is one.empty and one.kind not in _REST}
    by_place = any(one.kind in (one.VAR_POSITIONAL, one.POSITIONAL_ONLY) for one in (*theirs, *own))
    if by_place or not needs <= given.keys():
        return bound.args, bound.kwargs
    if any(one.kind is one.VAR_KEYWORD for one in own):
        return (), given
    names = {one.name for one in own}
    return (), {name: value for name, value in given.items() if name in names}


def _refuse_strangers(written: Mapping[str, type[nn.Module]], within: set[str]) -> None:
    """Say which written class rewrites none of the reference's."""
    for kind, ours in written.items():
        if kind not in within:
            raise ScaffoldError(
                f"rewrites {kind}, and the reference has no part of that class",
                where=f"{ours.__module__}.{ours.__qualname__}",
                remedy="mend its `theirs` in parts.toml: module:class, as `scaffold inspect` says",
            )
