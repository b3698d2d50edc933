"""One file per source of references: check the name, and say how it is made."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.reference.spec.factory import Factory
    from scaffold.reference.spec.spec import Spec


def factory_of(spec: Spec) -> Factory:
    """Find how a reference is made; its package is imported for that.

    Raises:
        ScaffoldError: The package is missing, or has nothing of that name.
    """
    found: Factory = import_module(f"{__name__}.{spec.source}").factory(spec)
    return found
