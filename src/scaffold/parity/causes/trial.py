"""Say what one trial changes in ours, as a value: nothing is run here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from scaffold.parity.causes.watch import Edit, Key, State

    Around = Callable[[Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]
    """Calls the inner function with the arguments, its way."""
    ChangeState = Callable[[State, Callable[[int], Tensor]], dict[str, Tensor]]
    """Gives the parameters and buffers to replace; the second argument gives an input."""

DRAWN = "random"
"""The hypothesis that is tried alone where ours draws random numbers."""
NAMED, BUILT, SOLVED, ANY = range(4)
"""How much a fit says: a setting somebody would write; a change of structure; a number that was
solved for and that nobody would write; a stand-in that many causes would let fit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One change of ours that might give what theirs gave."""

    theirs: str
    """The claim about theirs."""
    ours: str = ""
    place: str = ""
    sites: Mapping[Key, Edit] = field(default_factory=dict)
    state: ChangeState | None = None
    calls: Mapping[str, Around] = field(default_factory=dict)
    """By path of a submodule: how its calls are made instead."""
    around: Around | None = None
    """How the part itself is called instead."""
    settings: tuple[tuple[str, str, Any], ...] = ()
    """Path of a submodule, attribute, value."""
    change: Any = None
    """What a rung that is no call of a part changes: a rule of an optimiser, a table."""
    precise: bool = False
    """Whether what ours casts to a lower precision is left as it is."""
    rows: tuple[str, ...] = ()
    """Rows of the catalogue, where they are others than those of the hypothesis."""
    rank: int = NAMED
    describes: bool = False
    """Whether it says what reproduces theirs and not why: no row of the catalogue is claimed."""
    solved: bool = False
    """Whether a number in it was solved for, on the data that it is judged on."""


UNCHANGED = Trial(theirs="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Free:
    """A change with one number in it, which is solved for."""

    make: Callable[[float], Trial]
    grid: tuple[float, ...]
    """Where to begin, and numbers that somebody would write."""
    positive: bool = True
    """Search among positive numbers, by their logarithm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One recorded call: what went in, and what theirs gave."""

    probe: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    theirs: Mapping[str, Tensor]
    """Theirs' output tensors by their path in our output; a bare tensor has the path `""`."""
