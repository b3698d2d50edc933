"""Find the weight map between a recorded reference and ours, by replay and not by names."""

from scaffold.parity.mapping.find import find
from scaffold.parity.mapping.value import Mapping, Refusal, State

__all__ = ["Mapping", "Refusal", "State", "find"]
