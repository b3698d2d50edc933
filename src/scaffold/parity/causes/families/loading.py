"""What was lost when ours loaded the weights: needs the tensors that the map gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import NAMED, SOLVED, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench

CONVERSION = ("D160", "D161", "D164")


@hypothesis("loading", "a tensor of ours is not what the map gives for it", *CONVERSION)
def not_loaded(bench: Bench) -> Iterator[Trial]:
    """Put the wanted tensors in: each that differs, and all at once."""
    gone = {
        name: (bench.tensor(name), value.double())
        for name, value in bench.wanted.items()
        if name in bench.parameters
        and bench.tensor(name).shape == value.shape
        and not torch.equal(bench.tensor(name), value.double())
    }
    for some in [[name] for name in gone] + ([list(gone)] if len(gone) > 1 else []):
        found = [_became(name, *gone[name], bench.wanted) for name in some]
        words = dict.fromkeys(
            f"{name} is {how}" for name, (how, _) in zip(some, found, strict=True)
        )
        yield Trial(
            theirs=f"{', '.join(some)} as the map gives it",
            ours=", ".join(words),
            place=", ".join(some),
            state=_given(bench, some),
            rows=tuple(dict.fromkeys(row for _, rows in found for row in rows)),
            # What is merely another tensor is said only where no change of it is known.
            rank=SOLVED if any(rows == CONVERSION for _, rows in found) else NAMED,
        )


def _given(bench: Bench, names: list[str]) -> Callable[..., dict[str, Tensor]]:
    return lambda state, _input: {name: bench.wanted[name].to(state[name].dtype) for name in names}


def _became(
    name: str, ours: Tensor, wanted: Tensor, every: Mapping[str, Tensor]
) -> tuple[str, tuple[str, ...]]:
    """Say what ours made of a tensor, and which rows that is."""
    twin = every.get(_other_bias(name))
    if twin is not None and torch.allclose(ours, wanted + twin.double(), rtol=1e-6, atol=1e-9):
        return "the sum of both biases", ("D77",)
    for words, rows, made in (
        ("zero", ("D62", "D160", "D162"), torch.zeros_like(wanted)),
        ("one", ("D160",), torch.ones_like(wanted)),
        ("rounded to bfloat16", ("D100",), wanted.bfloat16().double()),
        ("rounded to float16", ("D100",), wanted.half().double()),
        ("its square root", ("D160",), wanted.clamp(min=0).sqrt()),
        ("its square", ("D160",), wanted.square()),
        ("its negative", ("D161",), -wanted),
        ("one more", ("D160",), wanted + 1),
        ("one less", ("D160",), wanted - 1),
    ):
        if torch.allclose(ours, made, rtol=1e-6, atol=1e-12):
            return words, rows
    if ours.ndim and len(wanted) % 3 == 0:
        for shift in (1, 2):
            if torch.equal(ours, wanted.roll(shift * len(wanted) // 3, 0)):
                return "its thirds in another order", ("D57", "D161")
    rows_apart = (ours != wanted).flatten(1).any(1) if ours.ndim > 1 else ours != wanted
    count = int(rows_apart.sum())
    if ours.ndim and count < len(ours):
        return f"another in {count} of {len(ours)} rows", CONVERSION
    factor = float((ours * wanted).sum() / wanted.square().sum().clamp(min=1e-300))
    if torch.allclose(ours, factor * wanted, rtol=1e-5, atol=1e-12):
        if name.endswith("var") and 0.5 < factor < 2.0:  # noqa: PLR2004 - n / (n - 1)
            return f"{factor:.6g} times it", ("D79", "D160")
        return f"{factor:.6g} times it", ("D16", "D167")
    return "another", CONVERSION


def _other_bias(name: str) -> str:
    """Return the name of the second bias of a recurrent cell, empty for other tensors."""
    for mine, other in (("bias_ih", "bias_hh"), ("bias_hh", "bias_ih")):
        if mine in name:
            return name.replace(mine, other)
    return ""
