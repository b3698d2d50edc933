"""What an engine is told and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """How answers come about."""

    given: Mapping[str, Any] = field(default_factory=dict)
    """Not asked again."""
    prompt: bool = False
    """Ask for the rest on the terminal."""
    defaults: bool = False
    """Take the defaults of the house for the rest; without either, everything must be given."""
    suggested: Mapping[str, Any] = field(default_factory=dict)
    """Offered in the place of a default when asking."""
    trust: bool = False
    """Let the house run its code."""
