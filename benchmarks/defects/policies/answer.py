"""Say what a policy answers, and what it is given to answer with."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from benchmarks.defects.case import state_of, theirs
from benchmarks.defects.difference import tensors
from benchmarks.defects.probes import probes
from scaffold.trace.forward import traced

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

    from benchmarks.defects.case import Case
    from benchmarks.defects.probes import Inputs


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one method says of one case."""

    differs: bool
    places: tuple[str, ...] = ()
    """Parts of ours, the likeliest first; the first three are looked at."""
    cause: str = ""
    """What the method says the cause is, in its own words; empty when it says none."""
    cause_rows: tuple[str, ...] = ()
    """Rows of the catalogue of defects that the cause belongs to."""
    refused: str = ""
    """Why the method could not answer; a refusal is no detection."""
    notes: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """A method with a name."""

    name: str
    answer: Callable[[Sides], Answer]
    one_in: int = 1
    """Of how many cases one is answered, drawn by a hash: some methods need seconds a case."""
    live: bool = False
    """Whether it looks at the two live runs that all such policies share."""

    def asks(self, case: Case) -> bool:
        """Whether the case is in the method's sample."""
        return zlib.crc32(f"sample/{case.id}".encode()) % self.one_in == 0


Matched = "dict[str, tuple[Tensor, Tensor]]"


@dataclass(slots=True)
class Sides:
    """Theirs and ours of one case, run once for all policies that look at the same tensors."""

    case: Case
    theirs: nn.Module = field(init=False)
    ours: nn.Module | None = field(init=False)
    failure: str = field(init=False, default="")
    seconds: float = field(init=False, default=0.0)
    """How long the two live runs took."""
    probes: dict[str, Inputs] = field(init=False)
    _seen: list[tuple[str, str, list[tuple[Tensor, Tensor]]]] | None = field(
        init=False, default=None
    )

    def __post_init__(self) -> None:
        """Build both sides."""
        self.theirs = theirs(self.case.pair)
        self.probes = probes(self.case.pair)
        try:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                self.ours = self.case.loaded(state_of(self.case.pair))
        except Exception as error:
            self.ours, self.failure = None, f"{type(error).__name__}: {error}"

    @property
    def seen(self) -> list[tuple[str, str, list[tuple[Tensor, Tensor]]]]:
        """Per probe and per part of ours, in the order in which theirs ends them: output pairs.

        This is what hooks on both live models give: end to end values, nothing replayed. The whole
        model is the part `""`, and comes last.
        """
        if self._seen is None:
            begun = time.perf_counter()
            self._seen = [row for name in self.probes for row in self._probe(name)]
            self.seconds = time.perf_counter() - begun
        return self._seen

    def _probe(self, name: str) -> list[tuple[str, str, list[tuple[Tensor, Tensor]]]]:
        if self.ours is None:
            return []
        inputs = self.probes[name]
        one, two = traced(self.theirs, inputs), traced(self.ours, inputs)
        if one.failure:
            return []
        if two.failure:
            self.failure = two.failure
        found = []
        for call in sorted(one.calls, key=lambda call: call.done):
            ours = self.case.links.parts.get(call.part)
            other = two.find(ours, call.call) if ours is not None else None
            if other is None:
                continue
            a, b = tensors(call.output), tensors(other.output)
            shared = list(zip(a.values(), b.values(), strict=False))
            # Theirs and ours may lay one tensor out differently; then only the whole is compared.
            if ours == "" or all(x.shape == y.shape for x, y in shared):
                found.append((name, ours or "", shared))
        return found
