"""Hold what a search for a map found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from scaffold.parity.operators import Flip, Merge, Permute, Reshape, Split, Transpose

if TYPE_CHECKING:
    from scaffold.parity.mapfile import Rules, WeightRule


class State(StrEnum):
    """How far a map got."""

    PROVED = "proved"
    """Every weight is mapped, and every mapped part and the whole model agree on every probe."""
    AMBIGUOUS = "ambiguous"
    """Two maps or more agree, and the probes cannot tell them apart."""
    REFUSED = "refused"
    """Something is not proved; the refusals say what, and where the two models differ."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is not mapped, or not proved, and why."""

    what: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapping:
    """A map between the weights of two implementations, and how sure it is."""

    state: State
    rules: Rules
    """What is proved; of a refused map, what agrees as far as the search came."""
    text: str
    """The rules as a file."""
    weights: tuple[WeightRule, ...]
    """Every weight rule, without numbered places."""
    refused: tuple[Refusal, ...] = ()
    ambiguous: tuple[tuple[str, ...], ...] = ()
    """Groups of our tensors for which more than one source agrees on every probe."""
    weak: tuple[Refusal, ...] = ()
    """Tensors that no probe can see; they follow the others of their part."""
    parts: int = 0
    """How many parts stand for one of theirs."""
    trials: int = 0
    """How often weights were tried."""
    notes: tuple[str, ...] = field(default=())

    @property
    def proved(self) -> bool:
        """Whether the map may be written as one that holds."""
        return self.state is State.PROVED

    @property
    def by_operator(self) -> dict[str, int]:
        """How many tensors of ours were mapped by which operators."""
        counts: Counter[str] = Counter()
        for rule in self.weights:
            counts[operators_of(rule)] += len(rule.ours)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


_WORDS = {
    Split: "split",
    Merge: "merge",
    Transpose: "transpose",
    Flip: "flip",
    Permute: "permute",
    Reshape: "reshape",
}


def operators_of(rule: WeightRule) -> str:
    """Name the operators of a rule, each once."""
    return " + ".join(dict.fromkeys(_WORDS[type(step)] for step in rule.steps)) or "as it is"
