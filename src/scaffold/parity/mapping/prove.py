"""Prove a map by using it: to ours and back to the bit, then every part on every probe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from scaffold.core.comparison import Comparison, Rung, Verdict
from scaffold.parity import mapfile
from scaffold.parity.compare import compare
from scaffold.parity.explain import explained
from scaffold.parity.forward import twin
from scaffold.parity.goldens import weights_of
from scaffold.parity.mapping.value import Refusal
from scaffold.parity.weightmap import WeightMap
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.golden import Bundle
    from scaffold.trace.subject import Subject

RUNGS = (Rung.WEIGHTS, Rung.FORWARD)
ELSEWHERE = (Verdict.SHAPE, Verdict.NOT_COMPARABLE, Verdict.MISSING)
UNSEEN = 1e-9
"""A gradient below this share of the largest is rounding: the output does not see the tensor."""


OTHER_SIZES = frozenset({"odd-size", "non-square"})
"""The probes whose inputs have another size than the example's."""


def read_back(text: str) -> WeightMap:
    """Read the text of a map as it would be read from its file."""
    return WeightMap(Path("weights.map.toml"), mapfile.parse(text, where="weights.map.toml"))


def compared(bundle: Bundle, candidate: Subject, weights: WeightMap) -> Comparison:
    """Carry the weights over and back, and compare every mapped part on every probe."""
    return compare(bundle, candidate, weights, RUNGS)


def elsewhere(found: Comparison) -> tuple[str, ...]:
    """Give the parts that cannot be compared one by one: other layouts, other ways to call them.

    They are no difference where a part around them agrees, so the map leaves them out.
    """
    return tuple(row.part for row in found.parts if row.part and row.local.verdict in ELSEWHERE)


def differences(
    bundle: Bundle, candidate: Subject, weights: WeightMap, found: Comparison
) -> tuple[Refusal, ...]:
    """Name the first divergence and its cause, and every part that differs."""
    refusals = []
    if found.first is not None:
        first = explained(found, bundle, candidate, weights).first or found.first
        said = (first.because, *first.evidence, *_at_other_sizes(found))
        refusals.append(Refusal(first.place, " ".join(said)))
    refusals += [
        Refusal(row.item, row.judgement.reason or str(row.judgement.verdict))
        for row in found.rungs
        if not row.judgement.verdict.agrees and row.item != refusals[0].what
    ]
    return tuple(refusals)


def _at_other_sizes(found: Comparison) -> Iterator[str]:
    """Say so where the two part only on inputs of another size than the one they were made for."""
    whole = next((row for row in found.parts if row.part == ""), None)
    wrong = [row.probe for row in whole.by_probe if not row.local.verdict.agrees] if whole else []
    right = [row.probe for row in whole.by_probe if row.local.verdict.agrees] if whole else []
    if wrong and right and set(wrong) <= OTHER_SIZES:
        yield (
            f"they differ on inputs of another size alone ({', '.join(wrong)}), and agree on"
            f" {', '.join(right)}"
        )


def unseen(
    bundle: Bundle, candidate: Subject, weights: WeightMap, inputs: Iterable[tuple[Tensor, ...]]
) -> tuple[Refusal, ...]:
    """Name the parameters of ours that the output does not depend on, on any probe.

    A wrong source of such a tensor could not have been noticed in the output.
    """
    model = twin(bundle, candidate, weights).double()
    largest: dict[str, float] = dict.fromkeys(dict(model.named_parameters()), 0.0)
    for given in inputs:
        wide = tuple(v.double() if v.is_floating_point() else v.clone() for v in given)
        with torch.enable_grad():
            try:
                output = [v for v in all_leaves(model(*wide)).values() if isinstance(v, Tensor)]
            except Exception:  # noqa: BLE001 - a model that insists on float32 is not asked
                return ()
            ends = [value for value in output if value.requires_grad]
            total = sum(_drawn(value) for value in ends)
            named = {n: p for n, p in model.named_parameters() if p.requires_grad}
            if not isinstance(total, Tensor):
                continue
            gradients = torch.autograd.grad(total, list(named.values()), materialize_grads=True,
                                            allow_unused=True)  # fmt: skip
        for (name, value), gradient in zip(named.items(), gradients, strict=True):
            moved = float((gradient * value.detach()).norm())
            largest[name] = max(largest[name], moved)
    limit = UNSEEN * max(largest.values(), default=0.0)
    return tuple(
        Refusal(name, "no probe sees it in the output; it follows the others of its part")
        for name, moved in largest.items()
        if moved <= limit
    )


def _drawn(value: Tensor) -> Tensor:
    weights = torch.randn(value.shape, generator=torch.Generator().manual_seed(0)).to(value)
    return (value * weights).sum()


def sources(bundle: Bundle) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names of their parts, and of their keys."""
    return (
        tuple(row["part"] for row in bundle.table("parts")),
        tuple(weights_of(bundle)),
    )
