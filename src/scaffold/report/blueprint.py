"""Show a blueprint: its published schema, and a page of text for people."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any


def schema() -> dict[str, Any]:
    """Read the published JSON schema of the document."""
    text = resources.files("scaffold.report").joinpath("schemas", "blueprint.schema.json")
    document: dict[str, Any] = json.loads(text.read_text(encoding="utf-8"))
    return document
