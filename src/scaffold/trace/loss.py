"""Evaluate every term of a loss on given outputs: its value, and its gradient at the output.

A missing stop-gradient has the right value and the wrong gradient, so both are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from scaffold.trace.nest import Outline, rebuilt
from scaffold.trace.streams import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from torch import Tensor

    LossTerms = Callable[[Any, Tensor], Mapping[str, Tensor]]

TIE = 3
"""Equal outputs lie away from zero: there hardly anything rounds, and noise cannot be measured."""
NOTHING = -100
"""The class that torch's losses ignore by default."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One output and target to evaluate a loss on."""

    name: str
    leaves: dict[str, Tensor]
    target: Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One term of a loss on one case."""

    value: Tensor
    gradients: dict[str, Tensor]
    """By the path of the output's leaf; zeros where the term does not depend on it."""


def evaluated(
    loss_terms: LossTerms, structure: Outline, case: Case, dtype: torch.dtype
) -> dict[str, Term]:
    """Return every term, computed in `dtype`, with its gradient at each floating leaf."""
    given = {path: _prepared(leaf, dtype) for path, leaf in case.leaves.items()}
    target = case.target.to(dtype) if case.target.is_floating_point() else case.target
    wanted = {path: leaf for path, leaf in given.items() if leaf.requires_grad}
    with torch.enable_grad():
        terms = loss_terms(rebuilt(structure, given), target)
    return {
        name: Term(value=value.detach(), gradients=_gradients(value, wanted))
        for name, value in terms.items()
    }


def cases(leaves: Mapping[str, Tensor], target: Tensor, seed: int) -> Iterator[Case]:
    """Return the probes of a loss, degenerate ones included, from a real output and target.

    `times-100` opens gaps between logits at which `log(softmax(x))` is no longer finite;
    `ties` gives equal outputs; `ignored` marks one target as ignored, where targets are classes.
    """
    real = {path: leaf.detach() for path, leaf in leaves.items()}
    drawn = {path: _like(leaf, seed, path) for path, leaf in real.items()}
    yield Case(name="real", leaves=real, target=target)
    yield Case(name="normal", leaves=drawn, target=target)
    for factor in (20.0, 100.0):
        large = {path: _scaled(leaf, factor) for path, leaf in drawn.items()}
        yield Case(name=f"times-{factor:.0f}", leaves=large, target=target)
    ties = {path: _tied(leaf) for path, leaf in drawn.items()}
    yield Case(name="ties", leaves=ties, target=target)
    one = target.flatten()[0].expand_as(target).clone()
    yield Case(name="one-class", leaves=drawn, target=one)
    if not target.is_floating_point() and target.ndim:
        partly = target.clone()
        partly[0] = NOTHING
        yield Case(name="ignored", leaves=drawn, target=partly)
    if target.ndim and all(leaf.ndim for leaf in real.values()):
        single = {path: leaf[:1] for path, leaf in drawn.items()}
        yield Case(name="batch-1", leaves=single, target=target[:1])


def _prepared(leaf: Tensor, dtype: torch.dtype) -> Tensor:
    if not leaf.is_floating_point():
        return leaf
    return leaf.detach().to(dtype).requires_grad_()


def _gradients(value: Tensor, wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    if not wanted:
        return {}
    if not value.requires_grad:
        return {path: torch.zeros_like(leaf) for path, leaf in wanted.items()}
    found = torch.autograd.grad(
        value,
        list(wanted.values()),
        retain_graph=True,
        allow_unused=True,
        materialize_grads=True,
    )
    return dict(zip(wanted, found, strict=True))


def _like(leaf: Tensor, seed: int, path: str) -> Tensor:
    if not leaf.is_floating_point():
        return leaf
    return spread(leaf.shape, seed, "loss", path).to(leaf.dtype)


def _scaled(leaf: Tensor, factor: float) -> Tensor:
    return leaf * factor if leaf.is_floating_point() else leaf


def _tied(leaf: Tensor) -> Tensor:
    return torch.full_like(leaf, TIE) if leaf.is_floating_point() else leaf
