"""Measure how far a few training steps of the reference wander when it starts one rounding away.

Training amplifies rounding, for some weights without bound: the key bias of an attention has no
gradient but rounding, and Adam makes a whole step of it. So for what training leads to, no fixed
number says what two recordings may be apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from scaffold.reference.drift import apart
from scaffold.trace import roles, steps
from scaffold.trace.reload import load
from scaffold.trace.streams import nudged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from scaffold.golden import Bundle, Entry
    from scaffold.trace.subject import Subject

TURNS = 3
_ROLES = (roles.STEP_STATE, roles.TRACE_LOSS, roles.TRACE_NORM)


def unrest(subject: Subject, bundle: Bundle) -> dict[str, float]:
    """Give, per golden of the training steps, the largest distance seen, in roundings."""
    entries = [entry for role in _ROLES for entry in bundle.select(role=role)]
    found = dict.fromkeys((entry.id for entry in entries), 0.0)
    for turn in range(1, TURNS + 1) if entries else ():
        seen = _trained(subject, bundle, turn)
        for entry in entries:
            distance = apart(bundle.array(entry), _of(seen, entry))
            found[entry.id] = max(found[entry.id], distance)
    return found


def _trained(subject: Subject, bundle: Bundle, turn: int) -> steps.Steps:
    seed = int(bundle.table(roles.STEPS)["seed"])
    weights = _tensors(bundle, roles.WEIGHT)
    given = sorted(bundle.select(role=roles.STEP_INPUT), key=lambda entry: int(entry.leaf))
    inputs = [torch.from_numpy(bundle.array(entry).copy()) for entry in given]
    target = _tensors(bundle, roles.STEP_TARGET)[""]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = subject.build("twin")
        load(model, {name: nudged(value, turn, name) for name, value in weights.items()})
        return steps.watched(subject.train, model.eval(), steps.batches(inputs, target, seed))


def _tensors(bundle: Bundle, role: str) -> Mapping[str, Tensor]:
    return {
        entry.part: torch.from_numpy(bundle.array(entry).copy())
        for entry in bundle.select(role=role)
    }


def _of(seen: steps.Steps, entry: Entry) -> np.ndarray:
    if entry.role == roles.STEP_STATE:
        return seen.state[entry.part].numpy()
    return np.asarray(seen.losses if entry.role == roles.TRACE_LOSS else seen.norms)
