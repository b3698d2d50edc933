"""Get the blueprint of a reference, from this interpreter or from another one."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint.document import loads
from scaffold.reference.elsewhere import run_elsewhere
from scaffold.reference.spec.failures import no_memory, out_of_memory, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scaffold.core.blueprint import Blueprint
    from scaffold.reference.spec.spec import Spec


def blueprint_of(
    spec: Spec, *, inputs: Sequence[str] = (), seed: int = 0, python: Path | None = None
) -> Blueprint:
    """Make the blueprint of a reference.

    Args:
        spec: What to build.
        inputs: Descriptions of inputs, where they cannot be guessed: `x=2x3x32x32:float32`.
        seed: Where weights and inputs start.
        python: The interpreter to do it in; None for this one.

    Raises:
        ScaffoldError: It cannot be built, its inputs cannot be guessed, or it does not run on them.
    """
    if python is not None:
        request = {"spec": spec.text, "words": spec.words, "inputs": list(inputs), "seed": seed}
        found = run_elsewhere(python, "scaffold.reference.blueprint.worker:inspect", request)
        return placed(found, python)
    for package in ("torch", "numpy"):
        require(package, spec=spec.text)
    from scaffold.reference.blueprint.make import inspected  # noqa: PLC0415 - it needs torch

    try:
        return inspected(spec, inputs=inputs, seed=seed)
    except (MemoryError, OSError, RuntimeError) as error:
        if out_of_memory(error):
            raise no_memory(spec.text) from error
        raise


def placed(document: Mapping[str, Any], python: Path) -> Blueprint:
    """Read a blueprint that another interpreter made, and say in it which."""
    blueprint = loads(json.dumps(document), where=str(python))
    return dataclasses.replace(
        blueprint, origin=dataclasses.replace(blueprint.origin, python=str(python))
    )
