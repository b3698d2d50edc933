"""Build a model from several seeds and look at what it starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import Tensor, nn


def starts(build: Callable[..., nn.Module], seeds: Iterable[int]) -> list[dict[str, Tensor]]:
    """Return the state of the twin as built from each seed, in float32.

    torch's global generator is left as it was.
    """
    states = []
    for seed in seeds:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = build(size="twin")
        states.append({name: value.detach() for name, value in model.state_dict().items()})
    return states
