"""How fast two runs are judged, beside the expressions that a person would write in torch.

Both get every distinct tensor of a model's forward pass: theirs, ours, and ours in float64, and
give the ratio q by norm, in the worst row and at the worst element. Bytes are those three tensors.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from benchmarks.engine.clock import interleaved, ratio
from benchmarks.engine.models import built
from scaffold.parity import onepass
from scaffold.parity.judge import judge
from scaffold.trace.forward import traced

UNIT = 2.0**-24


def measured(name: str, rounds: int, threads: int) -> dict[str, Any]:
    """Measure one model on so many threads, the same for both."""
    triples = _triples(name)
    size = sum(leaf.nbytes for triple in triples for leaf in triple)
    torch.set_num_threads(threads)
    shared, onepass.SHARED = onepass.SHARED, onepass.SHARED if threads > 1 else 2**62
    try:
        times = interleaved(
            {
                "ours": lambda: [judge(*triple) for triple in triples],
                "naive": lambda: [naive(*triple) for triple in triples],
                "equal": lambda: [judge(y, y, e) for y, _, e in triples],
            },
            rounds,
        )
    finally:
        onepass.SHARED = shared
        torch.set_num_threads(1)
    return {
        "model": name,
        "threads": threads,
        "megabytes": size / 1e6,
        **{one: size / min(found.wall) / 1e9 for one, found in times.items()},
        "cpu": size / min(times["ours"].cpu) / 1e9,
        "faster": ratio(times["naive"], (times["ours"],)),
    }


def naive(theirs: Tensor, ours: Tensor, exact: Tensor) -> tuple[float, float, float]:
    """Write q down as its formula is, by norm, by row and by element."""
    gap, noise = theirs.double() - exact, ours.double() - exact
    norm = gap.norm() / max(noise.norm(), UNIT / 2 * exact.norm())
    row = gap.norm(dim=-1) / torch.maximum(noise.norm(dim=-1), UNIT / 2 * exact.norm(dim=-1))
    peak = gap.abs().max() / max(noise.abs().max(), UNIT / 2 * exact.abs().max())
    return float(norm), float(row.max()), float(peak)


def _triples(name: str) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Give theirs (another rounding of ours), ours, and ours in float64."""
    model, given = built(name)
    near, exact = traced(model, [given]), traced(model, [given], dtype=torch.float64)
    leaves = {
        id(call.output): (call.output, wide.output)
        for call, wide in zip(near.calls, exact.calls, strict=True)
        if isinstance(call.output, Tensor) and call.output.ndim > 1
    }
    draw = partial(torch.randn_like, dtype=torch.float32)
    return [(f * (1 + 6e-8 * draw(f)), f, e) for f, e in leaves.values()]
