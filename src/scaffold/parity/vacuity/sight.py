"""Say whether a planted defect would be seen on one call, judged as a candidate would be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from scaffold.parity.causes import measure
from scaffold.parity.causes.bench import UNCHANGED
from scaffold.parity.judge import LIMIT, TURNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.trial import Sample
    from scaffold.parity.vacuity.mutants import Mutant

FAR = 50.0
"""Beyond this many limits no second measurement of the noise changes the verdict."""
CLEARLY = 4.0
"""An input that nobody recorded helps when it shows a defect this many limits away."""


@dataclass(slots=True)
class Sight:
    """One call of a part that is right: what it gives, and how it rounds."""

    bench: Bench
    call: Sample
    theirs: Mapping[str, Tensor]
    exact: Mapping[str, Tensor]
    noise: Mapping[str, float]
    limit: float
    _moved: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, bench: Bench, call: Sample, *, clearly: bool = False) -> Sight:
        """Run the part as it is."""
        exact = bench.run(UNCHANGED, call, torch.float64)
        rounded = bench.run(UNCHANGED, call, torch.float32)
        theirs = call.theirs or rounded
        noise = measure.noises(theirs, exact, rounded)
        limit = LIMIT * CLEARLY if clearly else LIMIT
        return cls(bench, call, theirs, exact, noise, limit)

    def shows(self, mutant: Mutant) -> bool:
        """Whether the part with the defect is beyond what rounding explains."""
        try:
            made = self.bench.run(mutant.trial, self.call, torch.float64)
        except Exception:  # noqa: BLE001 - a defect that raises is seen
            return True
        q = measure.quick(self.theirs, made, self.noise)
        if not self.limit < q <= FAR * self.limit:
            return q > self.limit
        return measure.quick(self.theirs, made, self._noise_moved()) > self.limit

    def _noise_moved(self) -> Mapping[str, float]:
        """Measure the noise on moved weights and inputs too, once and only where it decides."""
        if not self._moved:
            self._moved = dict(self.noise)
            for turn in TURNS:
                moved = self.bench.run(UNCHANGED, self.call, torch.float32, turn)
                again = measure.noises(self.theirs, self.exact, moved)
                self._moved = {leaf: max(n, again[leaf]) for leaf, n in self._moved.items()}
        return self._moved
