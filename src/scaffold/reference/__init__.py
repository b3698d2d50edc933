# ruff: noqa: TC004 - the names are loaded at their first use
"""What the reference is: name it, inspect it, perturb it, probe it, record it into a bundle.

A spec is read, and a blueprint made by another interpreter, where torch is not installed. So what
needs torch is loaded at its first use.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.reference.perturb import perturbed
    from scaffold.reference.probes import Probe, probes
    from scaffold.reference.record import record
    from scaffold.reference.recording import Recording

__all__ = ["Probe", "Recording", "perturbed", "probes", "record"]


def _late(module: str, name: str) -> property:
    """Load a name at its first use.

    A property, because two of the names are those of their modules too, and whoever imports such a
    module would put it in place of the function.
    """

    def found(_: ModuleType) -> Any:  # noqa: ANN401 - a class or a function
        return getattr(import_module(f"scaffold.reference.{module}"), name)

    return property(found, lambda *_: None)


class _Room(ModuleType):
    Probe = _late("probes", "Probe")
    Recording = _late("recording", "Recording")
    perturbed = _late("perturb", "perturbed")
    probes = _late("probes", "probes")
    record = _late("record", "record")


sys.modules[__name__].__class__ = _Room
