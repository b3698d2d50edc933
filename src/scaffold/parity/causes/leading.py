"""Find the tensor that matters among what a module is given, and in what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.parity.causes.site import is_floating
from scaffold.trace.swap import all_leaves, swapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    Change = Callable[[Tensor], Any]


def given(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Tensor | None:
    """Return the first floating tensor that a call was given."""
    return leading((args, dict(kwargs)))


def leading(value: object) -> Tensor | None:
    """Return the first floating tensor of a nested value, None where there is none."""
    return next((leaf for leaf in all_leaves(value).values() if is_floating(leaf)), None)


def led(value: object, change: Change) -> Any:  # noqa: ANN401 - of the type of `value`
    """Return a nested value with its first floating tensor changed.

    Raises:
        ValueError: There is none.
    """
    first = next((path for path, leaf in all_leaves(value).items() if is_floating(leaf)), None)
    if first is None:
        raise ValueError("the value holds no floating tensor")
    return swapped(value, lambda path, leaf: change(leaf) if path == first else leaf)  # type: ignore[arg-type]


def fed(
    args: tuple[Any, ...], kwargs: Mapping[str, Any], change: Change
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call with the first floating tensor among them changed."""
    fresh_args, fresh_kwargs = led((args, dict(kwargs)), change)
    return fresh_args, fresh_kwargs
