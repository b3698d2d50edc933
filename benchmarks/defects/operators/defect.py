"""Describe one defect: what it does, where it can be planted, and what the right answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from benchmarks.defects.anatomy import Place

    Fits = Callable[[Place], bool]
    Plant = Callable[[nn.Module, Place], nn.Module | None]
    Names = Callable[[Place], tuple[str, ...]]


def itself(place: Place) -> tuple[str, ...]:
    """The changed part is the answer."""
    return (place.path,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """One way in which a reimplementation goes wrong."""

    id: str
    rows: tuple[str, ...]
    """Rows of the catalogue of defects."""
    does: str
    cause: str
    """What a diagnosis has to say; defects that look the same from outside share it."""
    fits: Fits
    change: Plant
    names: Names = itself
    """The parts of ours, any of which is the right answer to where."""

    def plant(self, model: nn.Module, place: Place) -> None:
        """Change one part of a model in place; weights are loaded afterwards."""
        made = self.change(model.get_submodule(place.path), place)
        if made is not None:
            model.set_submodule(place.path, made)


def defect(
    id: str,
    rows: str,
    does: str,
    fits: Fits,
    *,
    cause: str = "",
    names: Names = itself,
) -> Callable[[Plant], Defect]:
    """Make a defect out of the function that plants it.

    The function changes the part that it is given, or gives another to put into its place.
    """

    def made(change: Plant) -> Defect:
        return Defect(
            id=id,
            rows=tuple(rows.split()),
            does=does,
            cause=cause or id,
            fits=fits,
            change=change,
            names=names,
        )

    return made


def kinds(*classes: type[nn.Module]) -> Fits:
    """Fit parts of these classes that are called."""
    return lambda place: isinstance(place.module, classes) and place.called > 0


def calling(*names: str) -> Fits:
    """Fit parts whose own forward calls one of these torch functions."""
    return lambda place: place.calls_any(*names)


def both(*wanted: Fits) -> Fits:
    """Fit parts that fit everything."""
    return lambda place: all(fits(place) for fits in wanted)


def nothas(*names: str) -> Fits:
    """Fit parts whose own forward calls none of these torch functions."""
    return lambda place: not place.calls_any(*names)


def parents(place: Place) -> bool:
    """Fit parts that have parts inside."""
    return next(place.module.children(), None) is not None and place.called > 0
