"""Hold names, shapes and counts of ours against theirs, in both sizes, and prove the weight map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity.goldens import weights_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject

_EQUAL = Judgement(verdict=Verdict.EQUAL)


def structure_rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Compare the number of parameters and the shape of every tensor, for the twin and in full."""
    rows: list[RungRow] = []
    for size in ("twin", "full"):
        theirs = bundle.table("structure")[size]
        model = _built(candidate, size)
        count = sum(value.numel() for value in model.parameters())
        rows.append(_row(f"{size}: parameters", _counted(theirs["count"], count)))
        rows += [
            _row(f"{size}: {name}", judgement, part=name.rpartition(".")[0])
            for name, judgement in _shapes(theirs, model, weights).items()
        ]
    return tuple(rows)


def weights_rows(bundle: Bundle, candidate: Subject, weights: WeightMap) -> tuple[RungRow, ...]:
    """Prove the map by using it: to ours and back must give every weight again, to the bit."""
    theirs = weights_of(bundle)
    like = _built(candidate, "twin").state_dict()
    try:
        ours = weights.to_ours(theirs, like=like)
        back = weights.to_theirs(ours, like=theirs)
    except ScaffoldError as error:
        broken = Judgement(verdict=Verdict.DIFFERENT, reason=error.what)
        return (RungRow(rung=Rung.WEIGHTS, item="map", judgement=broken),)
    rows = [RungRow(rung=Rung.WEIGHTS, item="map", judgement=_EQUAL)]
    for rule in weights.resolved(theirs):
        wrong = [name for name in rule.theirs if not _same(theirs[name], back[name])]
        judgement = _EQUAL
        if wrong:
            judgement = Judgement(
                verdict=Verdict.DIFFERENT,
                reason=f"to ours and back, {', '.join(wrong)} is not what it was",
            )
        rows.append(
            RungRow(
                rung=Rung.WEIGHTS,
                item=", ".join(rule.ours),
                judgement=judgement,
                part=rule.ours[0].rpartition(".")[0],
            )
        )
    return tuple(rows)


def _built(candidate: Subject, size: str) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return candidate.build(size)


def _counted(theirs: int, ours: int) -> Judgement:
    if theirs == ours:
        return _EQUAL
    return Judgement(verdict=Verdict.DIFFERENT, reason=f"theirs has {theirs:,}, ours {ours:,}")


def _shapes(theirs: dict[str, Any], model: nn.Module, weights: WeightMap) -> dict[str, Judgement]:
    """Carry tensors without content through the map, and compare what arrives by name."""
    hollow = {
        name: torch.empty(shape, dtype=getattr(torch, dtype), device="meta")
        for name, shape, dtype in (*theirs["parameters"], *theirs["buffers"])
    }
    try:
        carried = weights.to_ours(hollow)
    except ScaffoldError as error:
        return {"map": Judgement(verdict=Verdict.DIFFERENT, reason=error.what)}
    ours = model.state_dict()
    return {
        name: _shaped(carried.get(name), ours.get(name))
        for name in dict.fromkeys([*ours, *carried])
        if name in carried or weights.drop_of(ours=name) is None
    }


def _shaped(theirs: Tensor | None, ours: Tensor | None) -> Judgement:
    if ours is None:
        return Judgement(verdict=Verdict.MISSING, reason="the map makes it, and ours has none")
    if theirs is None:
        return Judgement(
            verdict=Verdict.MISSING, reason="ours has it, and the map does not make it"
        )
    if theirs.shape == ours.shape and theirs.dtype == ours.dtype:
        return _EQUAL
    return Judgement(
        verdict=Verdict.SHAPE,
        reason=f"theirs is {theirs.dtype} {list(theirs.shape)}, "
        f"ours is {ours.dtype} {list(ours.shape)}",
    )


def _same(before: Tensor, after: Tensor) -> bool:
    """Compare bits: a NaN equals itself, and minus zero is not zero."""
    return before.shape == after.shape and before.numpy().tobytes() == after.numpy().tobytes()


def _row(item: str, judgement: Judgement, *, part: str = "") -> RungRow:
    return RungRow(rung=Rung.STRUCTURE, item=item, judgement=judgement, part=part)
