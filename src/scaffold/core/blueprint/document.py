"""Write a blueprint as JSON, and read it back."""

from __future__ import annotations

import json
from typing import Any

from scaffold.core.blueprint.whole import SCHEMA, Blueprint
from scaffold.core.errors import ScaffoldError
from scaffold.core.schema import schema_of
from scaffold.core.written import read, written

KIND = "blueprint"


def as_document(blueprint: Blueprint) -> dict[str, Any]:
    """Give a blueprint as what JSON can hold."""
    return {"kind": KIND, **written(blueprint)}


def dumps(blueprint: Blueprint) -> str:
    """Write a blueprint as JSON: the same blueprint gives the same bytes."""
    return json.dumps(as_document(blueprint), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def loads(text: str, *, where: str = "the blueprint") -> Blueprint:
    """Read a blueprint; fields that this version does not know are left out.

    Args:
        text: The document.
        where: What to call it in a message.

    Raises:
        ScaffoldError: The text is no blueprint, or one of a later form.
    """
    try:
        document = json.loads(text)
        found = (document["kind"], document["schema"])
        if found != (KIND, SCHEMA):
            raise ValueError(f"kind {found[0]}, schema {found[1]}")  # noqa: TRY301 - told below
        return read(Blueprint, document)
    except (ValueError, KeyError, TypeError) as error:
        raise ScaffoldError(
            f"is no blueprint of schema {SCHEMA} ({type(error).__name__}: {error})",
            where=where,
            remedy="write it again: scaffold inspect SPEC --format json",
        ) from error


def schema() -> dict[str, Any]:
    """Give the JSON schema of the document."""
    return schema_of(
        Blueprint,
        title="Blueprint",
        description="What `scaffold inspect --format json` writes: all that is known of a "
        "reference before a line of it is rewritten.",
        document=KIND,
    )
