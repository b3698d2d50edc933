"""Which positions a query may look at: masks that are moved, inverted, missing, or too weak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from scaffold.parity.causes.bench import Bench, is_floating
from scaffold.parity.causes.edits import argument, at, changing, is_mask, on_input
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.parity.causes.watch import Edit, Made


@hypothesis("mask-shift", "the causal mask is off by one or more", "D75")
def mask_shifted(bench: Bench) -> Iterator[Trial]:
    """Move the diagonal of a mask."""
    for shift in (1, -1, 2):
        for site in bench.of("tril", "triu"):
            mine = argument(site, "diagonal", 0)
            yield at(site, changing(diagonal=mine + shift), f"diagonal={mine + shift}", f"{mine}")
        for site in bench.of("scaled_dot_product_attention"):
            if argument(site, "is_causal", default=False):
                edit = _causal(shift)
                yield at(site, edit, f"a causal mask with diagonal {shift}", "diagonal 0")
        yield from _masks(
            bench,
            lambda mask, shift=shift: _rolled(mask, shift),  # type: ignore[misc]
            f"the mask moved by {shift} key(s)",
            "not moved",
        )


@hypothesis(
    "mask-polarity", "the mask says what to keep where ours takes it for what to hide", "D74"
)
def mask_inverted(bench: Bench) -> Iterator[Trial]:
    """Invert every boolean mask; transpose it."""
    yield from _masks(bench, lambda mask: ~mask, "the mask inverted", "as it is", boolean=True)
    yield from _masks(bench, lambda mask: mask.mT, "the mask transposed", "as it is")


@hypothesis("mask-missing", "a mask is missing, or one too many is applied", "D74", "D75")
def mask_missing(bench: Bench) -> Iterator[Trial]:
    """Leave a mask out, or apply a causal one."""
    for site in bench.of("masked_fill", "masked_fill_"):
        yield at(site, lambda made: made.input * 1.0, "no mask", "a mask")
    for site in bench.of("where"):
        for name in ("input", "other"):
            if is_floating(argument(site, name)) and argument(site, name).ndim > 1:
                yield at(site, lambda made, name=name: made.value(name), "no mask", "a mask")  # type: ignore[misc]
    yield from _of_attention(bench)
    for site in bench.of("add"):
        if is_mask(argument(site, "other")):
            yield at(site, lambda made: made.input * 1.0, "no mask", "a mask")
    for site in bench.of("softmax"):
        x = site.made.input
        if x.ndim > 1 and x.shape[-1] == x.shape[-2]:
            yield at(site, on_input(_hidden), "a causal mask", "none", rank=BUILT)


@hypothesis("mask-value", "another number hides what is masked", "D74")
def mask_value(bench: Bench) -> Iterator[Trial]:
    """Hide by other numbers."""
    for value in (-float("inf"), -1e9, -1e4, -100.0, -10.0):
        for site in bench.of("masked_fill"):
            if argument(site, "value") != value:
                mine = f"{argument(site, 'value')}"
                yield at(site, changing(value=value), f"masked by {value:g}", mine)


def _of_attention(bench: Bench) -> Iterator[Trial]:
    for site in bench.of("scaled_dot_product_attention"):
        if argument(site, "is_causal", default=False):
            yield at(site, changing(is_causal=False), "no causal mask", "a causal mask")
        elif argument(site, "attn_mask") is not None:
            yield at(site, changing(attn_mask=None), "no mask", "a mask")
        else:
            yield at(site, changing(is_causal=True), "a causal mask", "none")


def _masks(
    bench: Bench,
    change: Callable[[Tensor], Tensor],
    theirs: str,
    ours: str,
    *,
    boolean: bool = False,
) -> Iterator[Trial]:
    """Change the mask of every call that takes one."""
    for op, name in (
        ("masked_fill", "mask"),
        ("where", "condition"),
        ("scaled_dot_product_attention", "attn_mask"),
        ("add", "other"),
    ):
        for site in bench.of(op):
            mask = argument(site, name)
            if not isinstance(mask, Tensor) or mask.ndim < 2:  # noqa: PLR2004 - queries, keys
                continue
            if op == "add" and not is_mask(mask):
                continue
            if boolean and mask.dtype != torch.bool:
                continue
            edit: Edit = lambda made, name=name: made.run(**{name: change(made.value(name))})  # type: ignore[misc] # noqa: E731
            yield at(site, edit, theirs, ours)


def _rolled(mask: Tensor, shift: int) -> Tensor:
    """Move the keys of a mask by `shift`; what comes in continues the edge."""
    size = mask.shape[-1]
    columns = (torch.arange(size) - shift).clamp(0, size - 1)
    moved = mask[..., columns]
    rows = torch.arange(mask.shape[-2])
    if shift < 0 and mask.shape[-2] == size:
        # The last key of a causal mask is hidden from every query but the last one.
        rest = (rows[:, None] + shift < torch.arange(size)[None, :]) & (
            torch.arange(size)[None, :] >= size + shift
        )
        hidden = mask[..., 0, -1]
        moved = torch.where(rest, hidden[..., None, None], moved)
    return moved


def _causal(diagonal: int) -> Edit:
    def edit(made: Made) -> Any:  # noqa: ANN401
        query, key = made.value("query"), made.value("key")
        mask = torch.ones(query.shape[-2], key.shape[-2], dtype=torch.bool).tril(diagonal)
        return made.run(is_causal=False, attn_mask=mask)

    return edit


def _hidden(scores: Tensor) -> Tensor:
    future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    return scores.masked_fill(future, -float("inf"))
