"""Make the rules of a map from what a search found: weights, constants, parts, leftovers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.parity.mapfile import Excuse, PartRule, Rules, WeightRule
from scaffold.parity.mapping.moves import Rows
from scaffold.parity.mapping.places import Row, joined
from scaffold.parity.mapping.units import COUNTER
from scaffold.parity.operators import Operator, Reshape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch import Tensor

    from scaffold.parity.mapping.options import Rule
    from scaffold.parity.mapping.parts import Pairing

TIED = "one tensor with another that is mapped"
CONSTANT = "a constant that follows from the architecture, and no weight"


@dataclass(frozen=True, slots=True)
class Leftover:
    """Keys of either side that no rule covers, and that nothing explains."""

    theirs: tuple[str, ...]
    ours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """Every rule about the keys of the two state dicts."""

    rules: tuple[WeightRule, ...]
    dropped: tuple[Excuse, ...]
    left: Leftover


def weight_rules(
    found: Mapping[str, Rule], theirs: Mapping[str, Tensor], ours: Mapping[str, Tensor]
) -> Weights:
    """Complete the rules of a search by what no output can show: counters, constants, ties.

    Args:
        found: The rules, by each key of ours that they make.
        theirs: Their state dict.
        ours: Our state dict, with the weights of theirs in it.
    """
    rules = [_written(rule, theirs) for rule in dict.fromkeys(found.values())]
    used = {key for rule in rules for key in rule.theirs}
    made = {key for rule in rules for key in rule.ours}
    dropped = []
    for key, value in ours.items():
        if key in made:
            continue
        twin = _twin(key, value, ours, made) if value.is_floating_point() else None
        partner = _tied_rule(twin, rules, theirs, used) if twin else None
        if partner is not None:
            rules.append(WeightRule((partner,), (key,), _steps_of(twin, rules)))
            used.add(partner)
        elif twin:
            dropped.append(Excuse("", key, TIED))
        elif not value.is_floating_point():
            source = _constant(key, value, theirs, used, rules)
            if source is None:
                dropped.append(Excuse("", key, CONSTANT))
            else:
                used.add(source)
                rules.append(WeightRule((source,), (key,), _shaped(theirs[source], value)))
    made |= {key for rule in rules for key in rule.ours}
    rest = [key for key in theirs if key not in used]
    for key in rest:
        if not theirs[key].is_floating_point():
            dropped.append(Excuse(key, "", CONSTANT))
        elif any(_equal(theirs[key], theirs[other]) for other in used):
            dropped.append(Excuse(key, "", TIED))
    said = {excuse.theirs for excuse in dropped} | {excuse.ours for excuse in dropped}
    left = Leftover(
        tuple(key for key in rest if key not in said),
        tuple(key for key in ours if key not in made and key not in said),
    )
    order = {key: place for place, key in enumerate(theirs)}
    rules.sort(key=lambda rule: order[rule.theirs[0]])
    return Weights(tuple(rules), tuple(dropped), left)


def _written(rule: Rule, theirs: Mapping[str, Tensor]) -> WeightRule:
    steps: list[Operator] = []
    tensors = [theirs[key] for key in rule.theirs]
    for step in rule.steps:
        if isinstance(step, Rows):
            steps += step.written(tuple(tensors[0].shape))
        else:
            steps.append(step)
        tensors = step.forward(tensors)
    return WeightRule(rule.theirs, rule.ours, tuple(steps))


def _twin(key: str, value: Tensor, ours: Mapping[str, Tensor], made: Iterable[str]) -> str:
    """Give the key of ours that holds the same memory; tied tensors have one."""
    for other in made:
        if other != key and ours[other].data_ptr() == value.data_ptr():
            return other
    return ""


def _tied_rule(
    twin: str, rules: list[WeightRule], theirs: Mapping[str, Tensor], used: Iterable[str]
) -> str | None:
    """Give the free key of theirs that is tied to the source of our tied tensor."""
    rule = next(rule for rule in rules if twin in rule.ours)
    if len(rule.theirs) > 1 or len(rule.ours) > 1:
        return None
    source = theirs[rule.theirs[0]]
    free = (key for key in theirs if key not in set(used))
    return next((key for key in free if _equal(theirs[key], source)), None)


def _steps_of(twin: str | None, rules: list[WeightRule]) -> tuple[Operator, ...]:
    return next(rule.steps for rule in rules if twin in rule.ours)


def _constant(
    key: str,
    value: Tensor,
    theirs: Mapping[str, Tensor],
    used: Iterable[str],
    rules: list[WeightRule],
) -> str | None:
    """Give the constant of theirs that lies beside the weights of the same part."""
    part, _, name = key.rpartition(".")
    partners = {
        source.rpartition(".")[0]
        for rule in rules
        for own, source in zip(rule.ours, rule.theirs, strict=False)
        if own.rpartition(".")[0] == part
    }
    for other, tensor in theirs.items():
        around, _, their_name = other.rpartition(".")
        if around not in partners or other in set(used) or tensor.is_floating_point():
            continue
        if name == their_name == COUNTER or (
            tensor.numel() == value.numel() and bool((tensor.flatten() == value.flatten()).all())
        ):
            return other
    return None


def _shaped(theirs: Tensor, ours: Tensor) -> tuple[Operator, ...]:
    if theirs.shape == ours.shape:
        return ()
    return (Reshape(tuple(ours.shape), tuple(theirs.shape)),)


def _equal(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and bool(one.equal(other))


def rules_of(
    weights: Weights,
    pairing: Pairing,
    *,
    theirs: tuple[Iterable[str], Iterable[str]],
    ours: tuple[Iterable[str], Iterable[str]],
) -> Rules:
    """Join everything to the rules of a file, with numbered places where all instances agree.

    Args:
        weights: The rules about keys.
        pairing: Which part stands for which.
        theirs: The names of their parts, and of their keys.
        ours: The names of our parts, and of our keys.
    """
    parts = [Row((a,), (b,)) for a, b in pairing.parts.items()]
    reasons = [Row((a,), (), reason) for a, reason in pairing.reasons.items()]
    keys = [Row(rule.theirs, rule.ours, rule.steps) for rule in weights.rules]
    dropped = [
        Row((one.theirs,) if one.theirs else (), (one.ours,) if one.ours else (), one.reason)
        for one in weights.dropped
    ]
    their_parts, their_keys = map(tuple, theirs)
    our_parts, our_keys = map(tuple, ours)
    return Rules(
        parts=tuple(
            PartRule(row.theirs[0], row.ours[0]) for row in joined(parts, their_parts, our_parts)
        ),
        excused=tuple(
            Excuse(row.theirs[0], "", str(row.rest)) for row in joined(reasons, their_parts, ())
        ),
        weights=tuple(
            WeightRule(row.theirs, row.ours, row.rest)  # type: ignore[arg-type] # steps, as put in
            for row in joined(keys, their_keys, our_keys)
        ),
        dropped=tuple(
            Excuse("".join(row.theirs), "".join(row.ours), str(row.rest))
            for row in joined(dropped, their_keys, our_keys)
        ),
    )
