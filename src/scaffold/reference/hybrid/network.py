"""The network of a repository that delegates: the reference behind its adapter, with ours in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import torch

from scaffold.core.errors import ScaffoldError
from scaffold.reference.capture import built_by_its_class
from scaffold.reference.hybrid.place import hybrid
from scaffold.trace.subject import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torch import nn

    from scaffold.house.parts import PartTable
    from scaffold.trace.subject import Subject


def delegated(
    parts: PartTable,
    adapter: Path,
    *,
    package: str,
    arguments: Mapping[str, Any],
    size: str = "full",
) -> nn.Module:
    """Build the reference with every written class put in.

    Args:
        parts: Which classes are written.
        adapter: The one file of the repository that imports the reference.
        package: The package in which the written classes lie.
        arguments: The effective arguments of the model itself, as configured. While the reference
            builds it they cannot change anything, so they are held against what it is built with.
        size: `full` or `twin`, as the adapter has them.

    Raises:
        ScaffoldError: The adapter or a written class fails, or an argument is another.
    """
    theirs = load(adapter)
    _refuse_other(arguments, _effective(theirs, size), adapter)
    written = {
        row.theirs: getattr(import_module(f".{row.module}", package), row.name)
        for row in parts.written
    }
    return hybrid(lambda: theirs.build(size), written)


def _effective(theirs: Subject, size: str) -> Mapping[str, Any]:
    """Give every argument of the reference's own class, defaults included; leave no trace."""
    state = torch.get_rng_state()
    _, call = built_by_its_class(partial(theirs.build, size))
    torch.set_rng_state(state)
    return {} if call is None else call.effective().arguments


def _refuse_other(given: Mapping[str, Any], found: Mapping[str, Any], adapter: Path) -> None:
    for name, value in given.items():
        if name not in found:
            continue
        for place, mine, theirs in _pairs(name, value, found[name]):
            if _plain(mine) != _plain(theirs):
                raise ScaffoldError(
                    f"{place} is {mine!r}, and the reference is built with {theirs!r}",
                    where="model.arguments",
                    remedy=f"change it in {adapter.name} and record anew, or write the model "
                    "itself",
                )


def _pairs(name: str, given: Any, found: Any) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401
    """Set an argument beside theirs; of a configuration object, field by field."""
    if not isinstance(given, Mapping) or isinstance(found, Mapping):
        yield name, given, found
        return
    for field, value in given.items():
        if hasattr(found, field):
            yield f"{name}.{field}", value, getattr(found, field)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any argument
    """Make values comparable: a configuration has lists where code has tuples, and keys of text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if hasattr(value, "__iter__") and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    return value
