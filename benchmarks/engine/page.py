"""Lay the figures out as a page."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.engine.models import BESIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INTRODUCTION = (
    "Written by `make bench-engine`; how things are defined stands in "
    "[benchmarks/engine](../../benchmarks/engine/README.md). All times of one line were measured "
    "in turn, in one run."
)
MEMORY_LIMIT, WRITTEN_LIMIT = 1.5, 4.0
SPEED_LIMIT, FASTER_LIMIT = 2.0, 6.0


def page(found: dict[str, Any]) -> str:
    """Give the whole page."""
    return "\n".join(
        [
            "# What recording and comparing cost",
            "",
            INTRODUCTION,
            "",
            f"Machine: {found['machine']}. Versions: {found['versions']}.",
            "",
            *_recording(found["recording"]),
            *_comparing(found["comparing"]),
            *_memory(found["memory"]),
            *_growth(found["growth"]),
            "",
        ]
    )


def _recording(rows: Sequence[dict[str, Any]]) -> Iterable[str]:
    counted = [row for row in rows if row["model"] not in BESIDE]
    memory, written = (median(row[one] for row in counted) for one in ("memory", "written"))
    yield "## Recording a forward pass"
    yield ""
    yield (
        f"In memory: **{memory:.2f}** times the floor (limit {MEMORY_LIMIT}); hashed and written: "
        f"**{written:.2f}** times (limit {WRITTEN_LIMIT}). Medians over {len(counted)} models, "
        "batch 1. The floor is the plain pass and one copy of the bytes that are kept."
    )
    yield ""
    peers = sorted({peer for row in rows for peer in row["peers"]})
    yield from _table(
        ["model", "parts", "MB kept", "plain, ms", "copy, ms", "in memory", "by CPU time",
         "floor with fused attention", "floor without new memory", "written", *peers],
        [
            [row["model"], row["parts"], f"{row['megabytes']:.0f}",
             f"{row['times']['plain'] * 1e3:.0f}", f"{row['times']['copy'] * 1e3:.0f}",
             *(f"{row[one]:.2f}" for one in
               ("memory", "memory cpu", "memory fused", "memory strict", "written")),
             *(f"{row['peers'][peer]:.1f}" if peer in row["peers"] else "-" for peer in peers)]
            for row in rows
        ],
    )  # fmt: skip
    yield ""
    yield (
        "The recorder switches torch's fused encoder layer off, because it hides the parts; the "
        "plain pass is without it, and one column has it. Of these models, only "
        f"`{BESIDE[0]}` (torch's own encoder, not in the median) knows such a kernel."
    )
    for row in rows:
        for peer, why in row["failed"].items():
            yield f"\n{peer} does not run on {row['model']}: {why}"
    yield ""


def _comparing(rows: Sequence[dict[str, Any]]) -> Iterable[str]:
    yield "## Judging two runs"
    yield ""
    yield from _table(
        ["model", "threads", "MB read", "ours, GB/s", "per CPU second", "naive, GB/s",
         "times naive", "equal bits, GB/s"],
        [
            [row["model"], row["threads"], f"{row['megabytes']:.0f}", f"{row['ours']:.2f}",
             f"{row['cpu']:.2f}", f"{row['naive']:.2f}", f"{row['faster']:.1f}",
             f"{row['equal']:.2f}"]
            for row in rows
        ],
    )  # fmt: skip
    yield ""
    yield (
        f"Wanted is {SPEED_LIMIT:g} GB/s or {FASTER_LIMIT:g} times the naive expressions; median "
        f"{median(row['faster'] for row in rows):.1f} times."
    )
    yield ""


def _memory(rows: Sequence[dict[str, Any]]) -> Iterable[str]:
    yield "## Memory of a comparison"
    yield ""
    yield (
        "Peak of the resident set while every part is judged, above the process before it built "
        "the model. `leaf` and `block` are the parameters, inputs and outputs of the largest part "
        "without parts below it, and of the largest with at most a quarter of the parameters."
    )
    yield ""
    yield from _table(
        ["model", "parts", "model, MB", "recorded, MB", "peak, MB", "leaf, MB", "block, MB",
         "(peak - model) / leaf", "(peak - model) / block"],
        [
            [row["model"], row["parts"],
             *(f"{row[one]:.0f}" for one in ("size", "tensors", "peak", "leaf", "block")),
             f"{(row['peak'] - row['size']) / row['leaf']:.1f}",
             f"{(row['peak'] - row['size']) / row['block']:.1f}"]
            for row in rows
        ],
    )  # fmt: skip
    yield ""


def _growth(found: dict[str, Any]) -> Iterable[str]:
    yield "## Growth with the number of parts"
    yield ""
    seconds = found["seconds"]
    parts = list(seconds["record"])
    yield from _table(
        ["CPU seconds", *(f"{one} parts" for one in parts), "exponent"],
        [
            [verb, *(f"{of[one]:.3f}" for one in parts), f"{found['exponents'][verb]:.2f}"]
            for verb, of in seconds.items()
        ],
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"
