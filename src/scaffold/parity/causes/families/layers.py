"""What the reference's layer computes, by its class, where ours computes something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from scaffold.parity.causes.bench import UNCHANGED, Bench, is_floating
from scaffold.parity.causes.layers import family_of
from scaffold.parity.causes.leading import given, leading, led
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import ANY, SOLVED, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from scaffold.parity.causes.layers import Family, Known

CLOSE = 1e-6
"""Ours is taken for a function when it differs from it by less than this share of its norm."""


@hypothesis("layer", "ours is not the layer of torch that theirs is", "D50", "D58", "D63", "D70")
def another_layer(bench: Bench) -> Iterator[Trial]:
    """Compute what theirs' class computes, with the tensors of ours, and say what ours does."""
    if bench.part is None or not bench.kind:
        return
    sample = bench.samples[0]
    x = given(sample.args, sample.kwargs)
    made = next(iter(sample.theirs.values()), None)
    if x is None or made is None or len(sample.theirs) != 1:
        return
    groups = getattr(bench.part, "num_groups", None)
    family = family_of(bench.kind, tuple(made.shape), groups)
    if family is None:
        return
    words, rows = _what_ours_does(bench, family, x.double())
    # Where weights were lost on the way, `loading` says so, and this would fit as well.
    rank = ANY if _loaded_otherwise(bench) else SOLVED
    for known in family.right:
        yield _as(bench, known, words, rows, rank)


def _loaded_otherwise(bench: Bench) -> bool:
    state = bench.states[torch.float64]
    return any(
        name in state and not torch.equal(state[name], value.to(state[name].dtype))
        for name, value in bench.wanted.items()
    )


def _what_ours_does(bench: Bench, family: Family, x: Tensor) -> tuple[str, tuple[str, ...]]:
    """Find which of the wrong functions ours is."""
    state = bench.states[torch.float64]
    ours = leading(list(bench.run(UNCHANGED, bench.samples[0], torch.float64).values()))
    for known in family.wrong:
        try:
            made = known.layer(x, state)
        except (RuntimeError, KeyError, IndexError, ValueError):
            continue
        if ours is not None and made.shape == ours.shape and _close(made, ours):
            return known.words, known.rows
    return "something else", family.rows


def _close(made: Tensor, ours: Tensor) -> bool:
    size = float(torch.linalg.vector_norm(ours))
    return float(torch.linalg.vector_norm(made - ours)) <= CLOSE * size


def _as(bench: Bench, known: Known, ours: str, rows: tuple[str, ...], rank: int) -> Trial:
    kept: dict[str, Any] = {}

    def seen(state: Any, _input: Callable[[int], Tensor]) -> dict[str, Tensor]:  # noqa: ANN401
        dtype = next((value.dtype for value in state.values() if is_floating(value)), None)
        wanted = {name: value.to(dtype) for name, value in bench.wanted.items() if dtype}
        kept["state"] = {**state, **wanted}
        return {}

    def around(inner: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        first = given(args, kwargs)
        if not is_floating(first):
            raise ValueError("nothing that a layer works on goes in")
        right = known.layer(first.clone(), kept["state"])
        return led(inner(*args, **kwargs), lambda _: right)

    return Trial(
        theirs=f"{bench.kind}: {known.words}",
        ours=ours,
        place="the whole part",
        state=seen,
        around=around,
        rank=rank,
        rows=rows,
        describes=not rows,
    )
