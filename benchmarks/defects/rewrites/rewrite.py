"""Describe one harmless rewrite: the same function, computed or arranged in another way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchmarks.defects.pair import Links, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from benchmarks.defects.anatomy import Place

    Fits = Callable[[Place], bool]
    Change = Callable[[nn.Module, Place], nn.Module | None]
    Move = Callable[[Links, Place], Links]


def stay(links: Links, _: Place) -> Links:
    """Names and weights are what they were."""
    return links


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewrite:
    """One way to write the same thing, applied at every place where it fits."""

    id: str
    does: str
    fits: Fits
    change: Change
    move: Move = stay
    """How the map between theirs and ours has to change with it."""

    def apply(self, model: nn.Module, place: Place) -> nn.Module:
        """Rewrite one part; gives the model, which is another one when the part was the model."""
        made = self.change(model.get_submodule(place.path), place)
        if made is None:
            return model
        if not place.path:
            return made
        model.set_submodule(place.path, made)
        return model


def rewrite(
    id: str,
    does: str,
    fits: Fits,
    *,
    move: Move = stay,
) -> Callable[[Change], Rewrite]:
    """Make a rewrite out of the function that applies it."""
    return lambda change: Rewrite(id=id, does=does, fits=fits, change=change, move=move)


def renamed(links: Links, change: Callable[[str], str]) -> Links:
    """Give the map for a model of ours whose paths are others."""
    return replace(
        links,
        parts={theirs: change(ours) if ours else "" for theirs, ours in links.parts.items()},
        rows=tuple(
            replace(row, ours=tuple(_renamed_key(key, change) for key in row.ours))
            for row in links.rows
        ),
    )


def _renamed_key(key: str, change: Callable[[str], str]) -> str:
    path, _, leaf = key.rpartition(".")
    path = change(path)
    return f"{path}.{leaf}" if path else leaf


def split(links: Links, key: str, into: tuple[str, ...]) -> Links | None:
    """Cut one weight of ours into several; None where the map is no plain one there."""
    rows = []
    for row in links.rows:
        if key not in row.ours:
            rows.append(row)
        elif len(row.ours) == 1 and len(row.theirs) == 1:
            steps = (*row.steps, {"op": "split", "axis": 0})
            rows.append(Row(row.theirs, into, steps))
        else:
            return None
    return replace(links, rows=tuple(rows))


def merged(links: Links, keys: tuple[str, ...], into: str) -> Links | None:
    """Join several weights of ours into one; None where the map is no plain one there."""
    wanted = [row for row in links.rows if set(row.ours) & set(keys)]
    rest = tuple(row for row in links.rows if row not in wanted)
    if (
        len(wanted) == 1
        and wanted[0].ours == keys
        and wanted[0].steps[-1:] == ({"op": "split", "axis": 0},)
    ):
        return replace(links, rows=(*rest, Row(wanted[0].theirs, (into,), wanted[0].steps[:-1])))
    if len(wanted) == len(keys) and all(len(row.theirs) == 1 and not row.steps for row in wanted):
        by_key = {row.ours[0]: row.theirs[0] for row in wanted}
        theirs = tuple(by_key[key] for key in keys)
        return replace(links, rows=(*rest, Row(theirs, (into,), ({"op": "merge", "axis": 0},))))
    return None
