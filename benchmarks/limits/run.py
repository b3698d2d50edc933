"""Measure the distribution of q that `parity/judge.py` puts its limit into, and write the page.

python -m benchmarks.limits.run
"""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.limits.forms import HARMLESS, WRONG
from benchmarks.limits.measure import (
    INPUTS,
    SEEDS,
    TOKENS,
    WIDTHS,
    Measurement,
    measured,
    settings,
)
from scaffold.parity.judge import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scaffold.parity.ratio import Ratios

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "limits.md"
THREADS = 2
SHOWN = INPUTS[:3]
"""What defects are measured on: on the others most of them show nothing, or everything."""
TWICE = 3
"""On two threads, one setting in so many is measured again."""

_HEAD = """# How far rounding goes

`scaffold compare` takes a part for another rounding of the reference's when the ratio q is at most
**{limit:g}** (`LIMIT` in `src/scaffold/parity/judge.py`). This page is the distribution that the
limit was put into; `make bench-limits` measures it again (torch {torch}, {machine}).

{count} harmless pairs: {forms} forms, widths {widths}, {tokens} tokens, {seeds} seeds, inputs that
are {inputs}; in {threaded} of them ours
runs on {threads} threads and theirs on one. A q at *first sight* holds theirs against the rounding
that ours makes once; at *second sight* the noise is the greatest of that and of two runs with
weights and inputs moved by one round-off, which is what decides.
"""

_END = """
The limit has to lie between the greatest q of a harmless pair and the smallest q of a defect that
has to be seen. A row of the second table whose smallest q is below the limit is a defect that is
not seen on every input.
"""


def main() -> int:
    """Measure, and write the page."""
    every, again = list(settings()), list(settings(THREADS))[::TWICE]
    right = [measured(form, setting) for form in HARMLESS for setting in (*every, *again)]
    wrong = [
        measured(form, setting) for form in WRONG for setting in every if setting.kind in SHOWN
    ]
    text = page(right, wrong)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    return 0


def page(right: Sequence[Measurement], wrong: Sequence[Measurement]) -> str:
    """Write the page from what was measured."""
    threaded = sum(one.setting.threads > 1 for one in right)
    head = _HEAD.format(
        limit=LIMIT,
        torch=torch.__version__.partition("+")[0],
        machine=platform.machine(),
        count=len(right),
        forms=len({one.form.name for one in right}),
        widths=f"{WIDTHS[0]} to {WIDTHS[-1]}",
        tokens=f"{TOKENS[0]} to {TOKENS[-1]}",
        seeds=len(SEEDS),
        inputs=", ".join(INPUTS[:-1]) + f" and {INPUTS[-1]}",
        threaded=threaded,
        threads=THREADS,
    )
    return "\n".join([head, _looks(right), _each(right), _against(wrong), _END.strip(), ""])


def _looks(right: Sequence[Measurement]) -> str:
    """Show the quantiles of each form of q over all harmless pairs, at both sights."""
    lines = [
        "## Harmless pairs, all together\n",
        "| sight | form of q | median | 99 % | 99.9 % | greatest |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for sight in ("first", "second"):
        found: list[Ratios] = [getattr(one, sight) for one in right]
        for form, title in (("norm", "norm"), ("row", "worst row"), ("peak", "greatest element")):
            values = [getattr(one, form) for one in found]
            lines.append(f"| {sight} | {title} | {_cells(values, (0.5, 0.99, 0.999, 1.0))} |")
    return "\n".join(lines) + "\n"


def _each(right: Sequence[Measurement]) -> str:
    """Show what the limit is held against, rewrite by rewrite."""
    lines = [
        "## Harmless pairs, one by one, the greatest form of q at second sight\n",
        "| rewrite | pairs | median | 99 % | greatest | over the limit |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, values in _named(right):
        over = sum(value > LIMIT for value in values)
        cells = _cells(values, (0.5, 0.99, 1.0))
        lines.append(f"| {name} | {len(values)} | {cells} | {over} |")
    return "\n".join(lines) + "\n"


def _against(wrong: Sequence[Measurement]) -> str:
    """Show how far the smallest defects are, from the nearest."""
    lines = [
        "## Small defects, the greatest form of q at second sight\n",
        "| defect | input | pairs | smallest | 5 % | median | seen |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for kind in SHOWN:
        for name, values in _named(one for one in wrong if one.setting.kind == kind):
            seen = 100 * sum(value > LIMIT for value in values) / len(values)
            cells = _cells(values, (0.0, 0.05, 0.5))
            lines.append(f"| {name} | {kind} | {len(values)} | {cells} | {seen:.0f} % |")
    return "\n".join(lines) + "\n"


def _named(found: Iterable[Measurement]) -> list[tuple[str, list[float]]]:
    by_name: dict[str, list[float]] = {}
    for one in found:
        by_name.setdefault(one.form.name, []).append(one.greatest)
    return list(by_name.items())


def _cells(values: Sequence[float], shares: Sequence[float]) -> str:
    return " | ".join(f"{float(np.quantile(values, share)):.3g}" for share in shares)


if __name__ == "__main__":
    raise SystemExit(main())
