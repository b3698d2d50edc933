"""Make blueprints in the interpreter of the reference (`reference.elsewhere` calls these)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint.document import as_document
from scaffold.reference.blueprint.ask import blueprint_of
from scaffold.reference.blueprint.pair import paired
from scaffold.reference.spec import parse

if TYPE_CHECKING:
    from collections.abc import Mapping


def inspect(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give a blueprint: `spec`, `words`, `inputs`, `seed`."""
    spec = parse(asked["spec"], asked["words"])
    return as_document(blueprint_of(spec, inputs=asked["inputs"], seed=asked["seed"]))


def pair(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give those of a reference and its twin: `spec`, `words`, `twin`, `inputs`."""
    spec = parse(asked["spec"], asked["words"])
    found = paired(spec, asked["twin"], asked["inputs"])
    return {
        "full": as_document(found.full),
        "twin": None if found.twin is None else as_document(found.twin),
        "twin_words": list(found.twin_words),
    }
