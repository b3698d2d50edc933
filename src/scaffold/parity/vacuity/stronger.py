"""Ask a part what no probe has asked it: inputs on which a hidden defect would show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from torch import Tensor

from scaffold.trace.streams import spread
from scaffold.trace.swap import swapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.parity.causes.trial import Sample


def stronger(sample: Sample) -> Iterator[Sample]:
    """Give variants of a recorded call; each is named by what it does to the part's input.

    Inputs that are equal stay equal: query, key and value of a self-attention are one tensor.
    """
    names: dict[bytes, str] = {}

    def name_of(leaf: Tensor, path: str) -> str:
        return names.setdefault(leaf.numpy().tobytes(), path)

    for name, change in _CHANGES.items():
        yield replace(
            sample,
            probe=name,
            args=swapped(sample.args, _floating(change, name_of)),
            kwargs=swapped(dict(sample.kwargs), _floating(change, name_of)),
            theirs={},
        )


def _floating(
    change: Callable[[Tensor, str], Tensor], name_of: Callable[[Tensor, str], str]
) -> Callable[[str, object], Any]:
    def changed(path: str, leaf: object) -> object:
        if isinstance(leaf, Tensor) and leaf.is_floating_point() and leaf.isfinite().all():
            return change(leaf, name_of(leaf, path))
        return leaf

    return changed


def _noise(leaf: Tensor, name: str) -> Tensor:
    return spread(leaf.shape, 0, "vacuity", name).to(leaf.dtype)


_CHANGES: dict[str, Callable[[Tensor, str], Tensor]] = {
    "twenty times its input": lambda leaf, _: leaf * 20.0,
    "a hundredth of its input": lambda leaf, _: leaf * 0.01,
    "its input with the other sign": lambda leaf, _: -leaf,
    "a thousand times its input": lambda leaf, _: leaf * 1000.0,
    "independent noise as its input": _noise,
}
