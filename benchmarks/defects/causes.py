"""Say which hypotheses mean the same as a defect although their rows of the catalogue differ.

One defect can be told in several ways: a square matrix that is transposed is a kernel whose first
axes are exchanged. Each line was decided by what the two sentences say, not by who finds what.
"""

from __future__ import annotations

from typing import Any

ALSO: dict[str, tuple[str, ...]] = {
    "pool.max-average": ("pool-kind",),
    "pool.max-average-functional": ("pool-kind",),
    "pool.average-max": ("pool-kind",),
    "pool.global-max": ("pool-kind",),
    "conv.shifted": ("shift",),
    "input.scaled": ("scale", "input-scale"),
    "weight.transposed": ("transposed", "operand-transposed", "kernel-layout"),
    "weight.rolled": ("rolled",),
    "weight.inputs-rolled": ("rolled",),
    "bias.rolled": ("rolled",),
    "embedding.rolled": ("rolled",),
    "position.table-rolled": ("rolled",),
    "position.table-flipped": ("flipped", "channels"),
    "shortcut.subtracted": ("sign",),
    "shortcut.overwritten": ("extra", "in-place"),
    "attention.keys-as-values": ("exchanged", "qkv-order"),
    # Written out, ours transposes the scores.
    "attention.queries-as-keys": ("exchanged", "qkv-order", "view"),
    # Ours clamps the mask, or normalises the rows, and theirs does not.
    "attention.mask-weak": ("extra",),
    "embedding.renormalised": ("extra",),
    "weight.scaled": ("scale", "scale-missing"),
}


def cause_is_right(row: dict[str, Any]) -> bool:
    """Whether the cause means the defect: by a row of the catalogue, or by its name."""
    said = set(row["cause_rows"])
    return bool(said & {*row["rows"], *ALSO.get(row["operator"], ())})
