"""Turn a close look at a difference into JSON and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.core.difference import Concentration, Difference, Element, Grid, Side
from scaffold.report.jsonnumber import read, written

if TYPE_CHECKING:
    from collections.abc import Mapping


def document(one: Difference) -> dict[str, Any]:
    """Give the JSON form."""
    return {
        "part": one.part,
        "ours": one.ours,
        "side": one.side.value,
        "probe": one.probe,
        "call": one.call,
        "leaf": one.leaf,
        "dtype": one.dtype,
        "shape": list(one.shape),
        "unit": written(one.unit),
        "elements": one.elements,
        "beyond": one.beyond,
        "edges": list(one.edges),
        "counts": list(one.counts),
        "worst": [_element(element) for element in one.worst],
        "concentrations": [
            {"axis": found.axis, "index": found.index, "share": found.share}
            for found in one.concentrations
        ],
        "grid": _grid(one.grid) if one.grid else None,
    }


def _element(element: Element) -> dict[str, Any]:
    return {
        "place": list(element.place),
        "theirs": written(element.theirs),
        "ours": written(element.ours),
        "ratio": written(element.ratio),
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "at": list(grid.at),
        "steps": list(grid.steps),
        "cells": [[written(cell) for cell in row] for row in grid.cells],
    }


def value(row: Mapping[str, Any]) -> Difference:
    """Read what `document` gave."""
    return Difference(
        part=row["part"],
        ours=row["ours"],
        side=Side(row["side"]),
        probe=row["probe"],
        call=row["call"],
        leaf=row["leaf"],
        dtype=row["dtype"],
        shape=tuple(row["shape"]),
        unit=read(row["unit"]),
        elements=row["elements"],
        beyond=row["beyond"],
        edges=tuple(row["edges"]),
        counts=tuple(row["counts"]),
        worst=tuple(_read_element(element) for element in row["worst"]),
        concentrations=tuple(Concentration(**found) for found in row["concentrations"]),
        grid=_read_grid(row["grid"]) if row["grid"] else None,
    )


def _read_element(row: Mapping[str, Any]) -> Element:
    return Element(
        place=tuple(row["place"]),
        theirs=read(row["theirs"]),
        ours=read(row["ours"]),
        ratio=read(row["ratio"]),
    )


def _read_grid(row: Mapping[str, Any]) -> Grid:
    rows, columns = row["steps"]
    return Grid(
        at=tuple(row["at"]),
        steps=(rows, columns),
        cells=tuple(tuple(read(cell) for cell in line) for line in row["cells"]),
    )
