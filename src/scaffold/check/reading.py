"""Read a stranger's file as text, Python, TOML, YAML or JSON, within limits and without running it.

Every reader gives None for what it cannot read; a rule of its own says so, and no other rule
stumbles over it.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
import warnings
from typing import Any

LARGEST = 2_000_000
"""Bytes that are read of one file; what is larger is no source text."""
_ALIASES = 200
"""References to anchors in one YAML file; a file of settings has a handful."""
_DEPTH = 100
_ALIAS = re.compile(r"(?:^|[\s\[,:-])\*\w")


def decoded(content: bytes) -> str | None:
    """Give the text of a file; None for what is binary."""
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def as_python(content: bytes) -> ast.Module | None:
    """Parse Python; None where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def broken(content: bytes) -> tuple[int | None, str]:
    """Say where Python stops understanding a file, and what it says of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(content)
    except SyntaxError as error:
        return error.lineno, error.msg
    except (ValueError, RecursionError, MemoryError) as error:
        return None, str(error) or type(error).__name__
    return None, ""


def as_toml(text: str) -> dict[str, Any] | None:
    """Parse TOML; None where it does not parse."""
    if _deep(text):
        return None
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None


def as_json(text: str) -> Any:  # noqa: ANN401 - whatever a document holds
    """Parse JSON; None where it does not parse."""
    if _deep(text):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def as_yaml(text: str) -> Any:  # noqa: ANN401 - whatever a document holds
    """Parse YAML of one document; None where it does not parse, or is a bomb of aliases."""
    import yaml  # noqa: PLC0415 - a repository without YAML does not pay for it

    if _deep(text) or len(_ALIAS.findall(text)) > _ALIASES:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are the safe one
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def is_yaml(text: str) -> bool:
    """Whether a text is YAML at all, with whatever tags and however many documents."""
    import yaml  # noqa: PLC0415 - as above

    if _deep(text) or len(_ALIAS.findall(text)) > _ALIASES:
        return False
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for _ in yaml.compose_all(text, Loader=loader):
            pass
    except (yaml.YAMLError, RecursionError, ValueError):
        return False
    return True


def _deep(text: str) -> bool:
    """Whether brackets nest deeper than anybody writes."""
    opened = text.count("[") + text.count("{")
    if opened <= _DEPTH:
        return False
    depth = deepest = 0
    for letter in text:
        if letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest > _DEPTH
