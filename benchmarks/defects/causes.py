"""Say which hypotheses mean the same as a defect although their rows of the catalogue differ.

One defect can be told in several ways: a square matrix that is transposed is a kernel whose first
axes are exchanged. Each line was decided by what the two sentences say, not by who finds what.
`OLD` was written after a look at results of calibration, `NEW` before anything was run on the
second set, and `ALSO3` by who wrote the third set and has seen neither the engine nor a result.
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

ALSO3: dict[str, tuple[str, ...]] = {
    "rmsnorm.no-root-of-width": ("output",),
    # The second eps is another number that is added where the variance is read, or kept.
    "batchnorm.eps-twice": ("offset", *_LOADING),
    "batchnorm.sums-undivided": ("scale", *_LOADING),
    "batchnorm.stale": _LOADING,
    "activation.gelu-no-root": ("slope", "scale"),
    "activation.silu-sharp": ("scale",),
    "activation.tanh-scaled": ("scale",),
    "activation.sigmoid-wide": ("scale",),
    "kernel.reshaped": ("view", *_LOADING),
    "kernel.depthwise-reshaped": ("view", *_LOADING),
    "kernel.patch-order": ("kernel-layout", "view", *_LOADING),
    "conv.outputs-dealt": ("view",),
    "conv.stride-averaged": ("extra",),
    "pool.first-of-window": ("pooling",),
    "pool.smaller-window": ("setting",),
    "attention.causal-added": ("extra",),
    # ij for ji: the bias is transposed, or the order of query less key is exchanged.
    "attention.bias-turned": ("transposed", "sign"),
    "attention.bias-other-head": ("flipped",),
    "qkv.value-bias-lost": _LOADING,
    "qkv.values-before-keys": _LOADING,
    "alibi.slopes": ("exponent",),
    "waves.halves-exchanged": ("exchanged",),
    "waves.interleaved": ("view",),
    "waves.rates-to-the-end": ("exponent", "scale"),
    "waves.steps-as-shares": ("scale",),
    # The mask that is missing is the one of the places that are counted.
    "position.padding-counted": ("mask-missing",),
    "embedding.segments-forgotten": _LOADING,
    "embedding.bag-summed": ("setting",),
    "embedding.scale-lost": ("output",),
    "embedding.out-of-order": _LOADING,
    "rope.stretched": ("scale",),
    "rope.keys-unturned": ("twice",),
    "lstm.gate-order": ("exchanged", *_LOADING),
    "recurrent.directions-loaded-crosswise": _LOADING,
    "recurrent.batch-as-time": ("setting",),
    "shortcut.branch-bent": ("order",),
    # The gains are one: as if they were not there, were not read, or were not loaded.
    "layerscale.absent": ("bias-missing", "unused", *_LOADING),
    "layerscale.exchanged": _LOADING,
    "blocks.first-repeated": _LOADING,
    "blocks.exchanged": _LOADING,
    "decode.sides-exchanged": ("exchanged", "cat-order"),
    "decode.from-corner": ("joined",),
    "anchor.rounded": ("extra",),
    "cells.half-kept": ("offset",),
    "cells.exponential": ("activation",),
    "cells.stride-forgotten": ("scale", "scale-missing"),
    "weight.of-sibling": _LOADING,
    "weight.adapter-merged": _LOADING,
    "weight.float8": _LOADING,
    "weight.pruned": _LOADING,
    "bias.first-for-all": _LOADING,
    # From -1 to 1 is a half taken off and a division by a half.
    "input.signed": ("input-mean", "scale"),
    "input.bytes": ("scale",),
}
"""For the third set: decided with it, before the engine was run on any of it, and kept.

Decided by `docs/causes.md` alone: a cause is listed where whoever is told its sentence, at that
place, goes and mends the right thing. Causes that share a row of the catalogue are not repeated.
"""

ALSO = OLD | NEW | ALSO3


def cause_is_right(row: dict[str, Any]) -> bool:
    """Whether the cause means the defect: by a row of the catalogue, or by its name."""
    said = set(row["cause_rows"])
    return bool(said & {*row["rows"], *ALSO.get(row["operator"], ())})
