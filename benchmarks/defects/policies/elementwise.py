"""Compare outputs with a tolerance that somebody picked."""

from __future__ import annotations

import contextlib
import io
import logging
from typing import TYPE_CHECKING

import torch
from torch._dynamo.utils import same

from benchmarks.defects.difference import outputs
from benchmarks.defects.policies.answer import Answer, Policy, Sides

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Agrees = Callable[[Tensor, Tensor], bool]


def by_hooks(name: str, agrees: Agrees) -> Policy:
    """Make a policy: the model differs when an output does; the first part that does is named."""

    def answer(sides: Sides) -> Answer:
        if sides.ours is None:
            return Answer(differs=True, notes={"failure": sides.failure})
        differs = bool(sides.failure)
        places: dict[str, None] = {}
        for _, part, pairs in sides.seen:
            if all(_agree(agrees, one, two) for one, two in pairs):
                continue
            places[part] = None
            differs = differs or part == ""
        return Answer(differs=differs, places=tuple(places))

    return Policy(name, answer, live=True)


def _agree(agrees: Agrees, one: Tensor, two: Tensor) -> bool:
    if one.shape != two.shape:
        return False
    if not one.is_floating_point():
        return torch.equal(one, two)
    return agrees(one, two)


def close(tolerance: float) -> Agrees:
    """Allclose with one number for both tolerances."""
    return lambda one, two: torch.allclose(two, one, rtol=tolerance, atol=tolerance, equal_nan=True)


def torch_defaults(one: Tensor, two: Tensor) -> bool:
    """torch.testing.assert_close as it is shipped."""
    try:
        torch.testing.assert_close(two, one, equal_nan=True)
    except AssertionError:
        return False
    return True


def cosine(one: Tensor, two: Tensor) -> bool:
    """Cosine similarity above 0.99."""
    a, b = one.double().flatten().nan_to_num(), two.double().flatten().nan_to_num()
    if not a.norm() or not b.norm():
        return bool(a.norm() == b.norm())
    return bool(torch.dot(a, b) / (a.norm() * b.norm()) > 0.99)


def _dynamo(sides: Sides) -> Answer:
    """torch._dynamo.utils.same with a float64 reference, end to end, as torch uses it."""
    if sides.ours is None or sides.failure:
        return Answer(differs=True, notes={"failure": sides.failure})
    one, two = (outputs(model, sides.probes, None) for model in (sides.theirs, sides.ours))
    exact = outputs(sides.theirs, sides.probes, torch.float64)
    logging.getLogger("torch._dynamo.utils").setLevel(logging.CRITICAL)
    for name in sides.probes:
        a, b, c = one[name], two[name], exact[name]
        if isinstance(a, str) or isinstance(b, str) or isinstance(c, str):
            if isinstance(a, str) != isinstance(b, str):
                return Answer(differs=True)
            continue
        leaves = [list(side.values()) for side in (a, b, c)]
        with contextlib.redirect_stderr(io.StringIO()):
            if not same(*leaves, tol=1e-4, equal_nan=True):
                return Answer(differs=True)
    return Answer(differs=False)


POLICIES: tuple[Policy, ...] = (
    by_hooks("allclose 1e-3", close(1e-3)),
    by_hooks("allclose 1e-4", close(1e-4)),
    by_hooks("allclose 1e-5", close(1e-5)),
    by_hooks("torch.testing.assert_close", torch_defaults),
    by_hooks("cosine > 0.99", cosine),
    Policy("torch._dynamo.utils.same", _dynamo),
)
