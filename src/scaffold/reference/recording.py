"""What a recorder of one rung is given: the reference, its weights, a batch, and a writer.

The recorders live in `scaffold.reference.rungs`; that package exposes one function
`record(recording: Recording) -> None`, which runs them all. Each adds what theirs gives to
`recording.writer` and leaves the recording as it found it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from scaffold.trace.reload import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

    from scaffold.golden import Writer
    from scaffold.trace.subject import Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """One recording in progress."""

    subject: Subject
    """The reference, as its adapter shows it."""
    seed: int
    """Every random choice of a recorder starts from it."""
    weights: Mapping[str, Tensor]
    """The perturbed weights of the twin: theirs' names, parameters and buffers (a state dict)."""
    inputs: tuple[Tensor, ...]
    """The real batch."""
    target: Tensor
    writer: Writer

    def model(self) -> nn.Module:
        """Build a fresh twin with the perturbed weights, in eval mode."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            model = self.subject.build("twin")
        load(model, self.weights)
        return model.eval()

    def generator(self, name: str) -> torch.Generator:
        """Give a random stream of its own for one use, so that rungs do not shift each other."""
        stream = zlib.crc32(name.encode())
        return torch.Generator().manual_seed((self.seed << 32) + stream)
