"""Carry what was recorded from theirs over to ours, and build ours with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.trace.reload import load
from scaffold.trace.streams import nudged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

    from scaffold.golden import Bundle
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject


def tensors(bundle: Bundle, role: str, *, by: str = "part", probe: str = "") -> dict[str, Tensor]:
    """Return the recorded tensors of a role by their part or leaf."""
    return {
        getattr(entry, by): torch.from_numpy(bundle.array(entry).copy())
        for entry in bundle.select(role=role, probe=probe)
    }


def ordered(bundle: Bundle, role: str) -> list[Tensor]:
    """Return the recorded tensors of a role whose leaves are positions."""
    return [value for _, value in sorted(tensors(bundle, role, by="leaf").items(), key=_place)]


def model(
    candidate: Subject, weights: WeightMap, state: Mapping[str, Tensor], dtype: torch.dtype
) -> nn.Module:
    """Build our twin with theirs' state, in a dtype, in eval mode."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        built = candidate.build("twin")
    load(built, weights.to_ours(state, like=built.state_dict()))
    return built.to(dtype).eval()


def shaken(state: Mapping[str, Tensor], turn: int) -> dict[str, Tensor]:
    """Return a state moved by one unit round-off; turn 0 is the state itself."""
    if turn == 0:
        return dict(state)
    return {name: nudged(value, turn, name) for name, value in state.items()}


def part_of(name: str) -> str:
    """Return the module that a parameter or buffer belongs to."""
    return name.rpartition(".")[0]


def _place(item: tuple[str, Tensor]) -> int:
    return int(item[0])
