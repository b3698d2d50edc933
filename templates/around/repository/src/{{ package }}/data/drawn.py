"""Samples drawn by the description of the inputs in the blueprint: a stand-in for real data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from scaffold.core.blueprint.document import loads
from scaffold.core.blueprint.flat import flat
from scaffold.reference.blueprint.inputs.draw import batch_of

if TYPE_CHECKING:
    from .source import Sample

REFERENCE = Path(__file__).resolve().parents[3] / "reference"


def drawn(*, size: str, count: int, seed: int) -> list[Sample]:
    """Draw so many samples for a model of a size; nothing is to be said about them."""
    twin = REFERENCE / "blueprint.twin.json"
    file = twin if size == "twin" and twin.is_file() else REFERENCE / "blueprint.json"
    rows = flat(loads(file.read_text(encoding="utf-8")).inputs)
    batch = batch_of([replace(row, shape=(count, *row.shape[1:])) for row in rows], seed=seed)
    given = [*batch.args, *batch.kwargs.values()]
    return [(tuple(one[index] for one in given), torch.zeros(())) for index in range(count)]
