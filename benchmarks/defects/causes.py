"""Say which hypotheses mean the same as a defect although their rows of the catalogue differ.

One defect can be told in several ways: a square matrix that is transposed is a kernel whose first
axes are exchanged. Each line was decided by what the two sentences say, not by who finds what.
`OLD` was written after a look at results of calibration; `NEW` before anything was run on a defect
that is held out, and it is not to be changed after.
"""

from __future__ import annotations

from typing import Any

OLD: dict[str, tuple[str, ...]] = {
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


_LOADING = ("loading",)
"""`a tensor of ours is not what the map gives for it`: said of a defect that is planted as such."""

NEW: dict[str, tuple[str, ...]] = {
    "norm.gain-squared": _LOADING,
    "norm.shift-first": _LOADING,
    "batchnorm.variance-rolled": ("rolled", *_LOADING),
    "batchnorm.precision": _LOADING,
    "groupnorm.dealt": ("view",),
    "activation.shifted": ("offset",),
    "activation.doubled": ("twice",),
    "conv.one-kernel": _LOADING,
    "attention.renormalised": ("extra",),
    "attention.heads-tiled": ("view",),
    "attention.bias-doubled": ("twice", "scale"),
    "block.repeated": ("twice",),
    "parts.interleaved": ("view",),
    "dropout.kept-share": ("scale", "output"),
    "head.probabilities": ("extra",),
    "position.doubled": ("scale", *_LOADING),
    "position.stuck": _LOADING,
    "position.halves-exchanged": ("exchanged", *_LOADING),
    "embedding.row-zeroed": _LOADING,
    "embedding.channels-reversed": ("channels", "flipped", *_LOADING),
    "recurrent.update-inverted": _LOADING,
    "recurrent.state-transposed": _LOADING,
    "recurrent.last-gate-unbiased": ("bias", *_LOADING),
    "weight.upside-down": _LOADING,
    "weight.int8": _LOADING,
    "weight.stale": _LOADING,
    "weight.standardised": _LOADING,
    "weight.viewed": _LOADING,
    "weight.clipped": _LOADING,
    "weight.outputs-reversed": ("flipped",),
    "bias.negated": ("sign",),
    "bias.doubled": ("twice", "scale", *_LOADING),
    "product.tf32": ("rounded", "precision", *_LOADING),
    "input.moved": ("shift",),
}

ALSO = OLD | NEW


def cause_is_right(row: dict[str, Any]) -> bool:
    """Whether the cause means the defect: by a row of the catalogue, or by its name."""
    said = set(row["cause_rows"])
    return bool(said & {*row["rows"], *ALSO.get(row["operator"], ())})
