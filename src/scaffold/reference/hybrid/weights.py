"""Keep weights of a reference whose parts are replaced: where they start, what is tied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Sequence


@torch.no_grad()
def alike(ours: nn.Module, theirs: nn.Module) -> nn.Module:
    """Let ours start from the weights of theirs if all names and shapes are the same.

    Where one differs nothing is taken: half of another initialisation would be neither.
    """
    source, own = theirs.state_dict(), ours.state_dict()
    if {k: v.shape for k, v in source.items()} == {k: v.shape for k, v in own.items()}:
        ours.load_state_dict(source, strict=True)
    return ours


def tie(model: nn.Module, bonds: Sequence[Sequence[str]]) -> None:
    """Tie again what was tied, among the names that still exist with equal shapes."""
    found = dict(model.named_parameters(remove_duplicate=False))
    for group in bonds:
        here = [name for name in group if name in found]
        for name in here[1:]:
            if found[name].shape == found[here[0]].shape:
                holder, _, last = name.rpartition(".")
                setattr(model.get_submodule(holder), last, found[here[0]])
