"""Build our full model with the weights of theirs, which are drawn and not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.core.errors import ScaffoldError
from scaffold.golden import digest
from scaffold.parity.goldens import tensor
from scaffold.trace import drawn
from scaffold.trace.reload import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject


def full_model(
    bundle: Bundle, candidate: Subject, weights: WeightMap
) -> tuple[nn.Module, tuple[str, ...]]:
    """Give our full model in eval mode with theirs' weights, and what is worth saying about it.

    Raises:
        ScaffoldError: Ours cannot be built, or the weights do not fit.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = candidate.build("full")
    ours = model.state_dict()
    theirs, notes = full_weights(bundle, weights, ours)
    carried = weights.to_ours(theirs, like=ours)
    try:
        load(model, carried, strict=not weights.rules.dropped)
    except RuntimeError as error:
        raise ScaffoldError(
            f"our full model does not take the weights ({str(error).splitlines()[-1].strip()})",
            where=str(candidate.path),
            remedy="mend the [[weight]] rows; scaffold compare --rung structure shows the shapes",
        ) from error
    return model.eval(), notes


def full_weights(
    bundle: Bundle, weights: WeightMap, ours: Mapping[str, Tensor]
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Draw every tensor of theirs again; constants are read, or taken from ours by their hash."""
    table = bundle.table(drawn.DRAWN)
    stored = {entry.part: entry for entry in bundle.select(role="weight")}
    back: dict[str, Tensor] | None = None
    found: dict[str, Tensor] = {}
    notes = []
    for name, shape, dtype, how, *more in table["tensors"]:
        if how == drawn.UNIFORM:
            place, origin = more[:2], (more[2:] or [name])[0]
            found[name] = drawn.weight(origin, shape, dtype, place, int(table["seed"]))
        elif how == drawn.STORED:
            found[name] = tensor(bundle, stored[name])
        else:
            back = _carried_back(weights, ours) if back is None else back
            value = back.get(name)
            if value is None or digest.of_array(value.numpy()) != more[0]:
                notes.append(
                    f"full model: {name} ({dtype}{shape}) is a constant of theirs that is too "
                    "large to store, and ours has another"
                )
            kind: torch.dtype = getattr(torch, dtype)
            found[name] = torch.zeros(shape, dtype=kind) if value is None else value
    return found, tuple(notes)


def _carried_back(weights: WeightMap, ours: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give our constants under their names, as far as the map carries them."""
    try:
        return weights.to_theirs(ours)
    except ScaffoldError:
        return {}
