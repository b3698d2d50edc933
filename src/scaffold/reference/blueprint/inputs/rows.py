"""Write one input down, in one line: by its place among the arguments, or by its name alone."""

from __future__ import annotations

from functools import partial

from scaffold.core.blueprint import Input, InputKind


def _row(
    name: str,
    shape: tuple[int, ...],
    dtype: str,
    kind: InputKind,
    low: float | None = None,
    high: float | None = None,
    *,
    positional: bool,
) -> Input:
    return Input(
        name=name, shape=shape, dtype=dtype, kind=kind, low=low, high=high, positional=positional
    )


placed_row = partial(_row, positional=True)
named_row = partial(_row, positional=False)
