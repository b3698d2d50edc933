"""Describe `reengineering.toml` and `house.toml` as JSON schemas, so that editors complete them."""

from __future__ import annotations

from typing import Any

from scaffold.check.claims import GATES
from scaffold.check.policy import MODEL_NAME
from scaffold.check.rule import every_rule
from scaffold.check.rules.manifest.activities import ACTIVITIES
from scaffold.check.rules.manifest.unknown_keys import KEYS
from scaffold.core.findings import Level
from scaffold.house.table import Engine, Owner

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}
_NARROWER: dict[tuple[str, str], dict[str, Any]] = {
    ("project", "activity"): {"enum": list(ACTIVITIES)},
    ("project", "gate"): {"enum": list(GATES)},
    ("project", "gates"): {"type": "array", "items": {"enum": list(GATES)}},
    ("project", "model_name"): {"type": "string", "pattern": f"^{MODEL_NAME}$"},
    ("reference", "commit"): {"type": "string", "pattern": "^([0-9a-f]{40})?$"},
    ("stop", "milestone"): {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
}


def manifest_schema() -> dict[str, Any]:
    """Give the schema of `reengineering.toml`."""
    tables: dict[str, Any] = {
        table: {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                key: _NARROWER.get((table, key)) or {"type": _type(kind)}
                for key, kind in keys.items()
            },
        }
        for table, keys in KEYS.items()
    }
    waiver = {
        "type": "object",
        "required": ["rule", "reason", "owner", "expires"],
        "additionalProperties": False,
        "properties": {
            **{key: {"type": "string"} for key in ("rule", "path", "reason", "owner")},
            "expires": {"type": "string", "format": "date"},
        },
    }
    return {
        "$schema": _DRAFT,
        "title": "The manifest of a reengineering: reengineering.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "schema": {"const": 1},
            **tables,
            "house": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"source": {"type": "string"}},
            },
            "waiver": {"type": "array", "items": waiver},
        },
    }


def house_schema() -> dict[str, Any]:
    """Give the schema of `house.toml`, every rule by its id."""
    levels = {"enum": [*(level.value for level in Level), "off"]}
    texts = {"type": "array", "items": {"type": "string"}}
    row = {
        "type": "object",
        "required": ["path", "purpose"],
        "additionalProperties": False,
        "properties": {
            "path": {"type": "string"},
            "purpose": {"type": "string"},
            "owner": {"enum": [owner.value for owner in Owner]},
            "practices": texts,
            "rules": texts,
            "when": {"type": "string"},
        },
    }
    check = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "rules": {
                "type": "object",
                "properties": {
                    rule.id: {**levels, "description": rule.says} for rule in every_rule()
                },
                "additionalProperties": levels,
            },
            "required": texts,
            "banned_imports": {"type": "object", "additionalProperties": {"type": "string"}},
            "model_name": {"type": "string", "format": "regex"},
        },
    }
    return {
        "$schema": _DRAFT,
        "title": "The table of a house: house.toml",
        "type": "object",
        "required": ["schema", "id", "version"],
        "properties": {
            "schema": {"const": 1},
            "id": {"type": "string"},
            "version": {"type": "string"},
            "engine": {"enum": [engine.value for engine in Engine]},
            "extends": {"type": "string"},
            "names": {"type": "object", "additionalProperties": {"type": "string"}},
            "moved": {"type": "object", "additionalProperties": {"type": "string"}},
            "path": {"type": "array", "items": row},
            "check": check,
        },
    }


def _type(kind: type | tuple[type, ...]) -> str | list[str]:
    if isinstance(kind, tuple):
        return "number" if set(kind) == {int, float} else [_TYPES[one] for one in kind]
    return _TYPES[kind]
