"""Inspect a reference together with its twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.blueprint import InputKind
from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.ask import blueprint_of, placed
from scaffold.reference.elsewhere import run_elsewhere
from scaffold.reference.spec import SpecSource, parse
from scaffold.reference.spec.literal import code
from scaffold.reference.spec.twin import beside, twin_spec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scaffold.core.blueprint import Blueprint
    from scaffold.reference.spec.spec import Spec

CACHE = "use_cache"
SIDES = (32, 64)
"""Heights and widths that are tried for the images of a twin, which may take any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A reference, and the same at the smallest size."""

    full: Blueprint
    twin: Blueprint | None
    """None where the reference is small enough to be its own."""
    twin_words: tuple[str, ...] = ()
    """What the twin is built with beside the arguments of the full one, as `key=value`."""


def paired(
    spec: Spec, twin: Sequence[str], inputs: Sequence[str], *, python: Path | None = None
) -> Pair:
    """Inspect a reference, and the twin that is named or found.

    Args:
        spec: The reference.
        twin: `key=value` for the twin; it is looked for where there are none.
        inputs: Descriptions of inputs, where they cannot be guessed.
        python: The interpreter to do it in; None for this one.

    Raises:
        ScaffoldError: One of them cannot be inspected.
    """
    if python is not None:
        return _elsewhere(python, spec, twin, inputs)
    spec, full = _inspected(spec, inputs)
    from scaffold.reference.blueprint.smaller import smaller  # noqa: PLC0415 - it needs torch

    small = twin_spec(spec, twin) if twin else smaller(spec, full, inputs=inputs)
    if small is None:
        return Pair(full=full, twin=None)
    words = tuple(f"{name}={code(value)}" for name, value in beside(small, spec).items())
    return Pair(full=full, twin=_smallest(small, inputs), twin_words=words)


def _elsewhere(python: Path, spec: Spec, twin: Sequence[str], inputs: Sequence[str]) -> Pair:
    request = {"spec": spec.text, "words": spec.words, "twin": list(twin), "inputs": list(inputs)}
    found = run_elsewhere(python, "scaffold.reference.blueprint.worker:pair", request)
    return Pair(
        full=placed(found["full"], python),
        twin=found["twin"] and placed(found["twin"], python),
        twin_words=tuple(found["twin_words"]),
    )


def _inspected(spec: Spec, inputs: Sequence[str]) -> tuple[Spec, Blueprint]:
    """Inspect a reference; one with a cache of what it has said is built without it.

    A cache is changed while the model runs, so that a part could not be run again on what it took.
    """
    given = {name for name, _ in spec.arguments}
    if spec.source is SpecSource.TRANSFORMERS and CACHE not in given:
        without = parse(spec.text, [*spec.words, f"{CACHE}=false"])
        try:
            return without, blueprint_of(without, inputs=inputs)
        except ScaffoldError:
            pass  # its configuration knows of no cache
    return spec, blueprint_of(spec, inputs=inputs)


def _smallest(spec: Spec, inputs: Sequence[str]) -> Blueprint:
    """Inspect a twin on small images where it takes them: its goldens are committed."""
    found = blueprint_of(spec, inputs=inputs)
    first = found.inputs[0]
    if inputs or first.kind is not InputKind.IMAGE or first.path:
        return found
    for side in SIDES:
        if side >= min(first.shape[2:]):
            break
        size = "x".join(map(str, (*first.shape[:2], *(side for _ in first.shape[2:]))))
        try:
            return blueprint_of(spec, inputs=[f"{first.name}={size}:{first.dtype}"])
        except ScaffoldError:
            continue  # it is built for other sizes
    return found
