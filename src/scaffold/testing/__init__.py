"""The pytest plugin of generated repositories, and helpers for people's own tests.

The helpers load torch at their first use, because this package is imported by every pytest run of
an environment in which `refscaffold` is installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.testing.divergence import ParityDivergence
    from scaffold.testing.models import ModelComparison, assert_same_model, compare_models
    from scaffold.testing.own import Agreement, agrees, assert_parity

__all__ = [
    "Agreement",
    "ModelComparison",
    "ParityDivergence",
    "agrees",
    "assert_parity",
    "assert_same_model",
    "compare_models",
]

_LATE = {
    "Agreement": "scaffold.testing.own",
    "ModelComparison": "scaffold.testing.models",
    "ParityDivergence": "scaffold.testing.divergence",
    "agrees": "scaffold.testing.own",
    "assert_parity": "scaffold.testing.own",
    "assert_same_model": "scaffold.testing.models",
    "compare_models": "scaffold.testing.models",
}


def __getattr__(name: str) -> object:
    """Load a helper at its first use."""
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
