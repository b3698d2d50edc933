"""Build a model once more by its own class, with other arguments than its factory gives.

A factory often fixes what makes its model large (torchvision's `vit_b_16`, timm's `nest_tiny`), and
the class behind it does not. An argument `root.depth` is for that class; `root.cfg.depths` reaches
into a configuration that it is given, `root.blocks.0.width` into what stands in a list.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec.near import did_you_mean
from scaffold.reference.spec.spec import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from inspect import BoundArguments

    from torch import nn

    from scaffold.reference.capture import ConstructorCall
    from scaffold.reference.spec.spec import Plain


@dataclass(frozen=True, kw_only=True, slots=True)
class RootCall:
    """What the class of a model was given, and the model that came out."""

    model: nn.Module
    call: ConstructorCall
    where: str

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What the constructor was given, the defaults that it took included."""
        return self.call.effective().arguments

    def again(self, changes: Mapping[str, Plain]) -> nn.Module:
        """Build the model with some arguments changed.

        Args:
            changes: Values by dotted name, without `root.`.

        Raises:
            ScaffoldError: There is no such argument, or the class refuses one.
        """
        bound = self.call.effective()
        for name, value in changes.items():
            first, *rest = name.split(".")
            holder = self._holder(bound, first)
            holder[first] = _changed(holder[first], rest, value, where=f"{self.where} {ROOT}{name}")
        kind = type(self.model)
        try:
            made = kind(*bound.args, **bound.kwargs)
        except Exception as error:
            raise ScaffoldError(
                f"{kind.__name__} cannot be built so ({type(error).__name__}: {error})",
                where=self.where,
                remedy="change the arguments that begin with root., which go to that class",
            ) from error
        for name, value in vars(self.model).items():  # what the factory put on it afterwards
            if name not in vars(made):
                setattr(made, name, value)
        return made

    def _holder(self, bound: BoundArguments, name: str) -> dict[str, Any]:
        """Give the mapping that has an argument: the named ones, or those in `**rest`."""
        rests = (one for one in bound.arguments.values() if type(one) is dict)
        for holder in (bound.arguments, *rests):
            if name in holder:
                return holder
        raise ScaffoldError(
            f"{type(self.model).__name__} takes no argument {name!r}",
            where=f"{self.where} {ROOT}{name}",
            remedy=did_you_mean(
                name, bound.arguments, otherwise=f"it takes {', '.join(bound.arguments)}"
            ),
        )


def root_call(make: Callable[[], nn.Module], *, where: str) -> RootCall:
    """Build a model and see what its own class is given.

    Raises:
        ScaffoldError: It is not built by its class, so there is nothing to change.
    """
    from scaffold.reference.capture import built_by_its_class  # noqa: PLC0415 - needs torch

    model, call = built_by_its_class(make)
    if call is None:
        raise ScaffoldError(
            f"what the constructor of {type(model).__name__} is given was not seen",
            where=where,
            remedy="leave out the arguments that begin with root., and write a factory of your own",
        )
    return RootCall(model=model, call=call, where=where)


def _changed(old: Any, path: Sequence[str], new: Plain, *, where: str) -> Any:  # noqa: ANN401
    """Give a copy of a value in which one place is another."""
    if not path:
        return list(new) if isinstance(old, list) and isinstance(new, tuple) else new
    first, *rest = path
    try:
        if isinstance(old, Mapping):
            return {**old, first: _changed(old[first], rest, new, where=where)}
        if isinstance(old, list | tuple) and not hasattr(old, "_fields"):
            items = list(old)
            items[int(first)] = _changed(items[int(first)], rest, new, where=where)
            return type(old)(items)
        inner = _changed(getattr(old, first), rest, new, where=where)
        if hasattr(old, "_replace"):
            return old._replace(**{first: inner})
        made = copy.copy(old)
        object.__setattr__(made, first, inner)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise ScaffoldError(
            f"there is nothing called {first!r} in a {type(old).__name__}",
            where=where,
            remedy="name what scaffold inspect shows of that argument",
        ) from error
    return made
