"""Read YAML, JSON and TOML as plain values: no tags, no code, nothing that grows when read."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE = 1_000_000
MOST_VALUES = 20_000
_ATOMS = (str, bool, int, float, type(None))


def read_plain(source: Path, *, named: str = "") -> dict[str, Any]:
    """Read a file of names and values; the suffix says in which language it is written.

    Args:
        source: The file.
        named: How a person named it, where it is a copy of our own.
    """
    where = named or str(source)
    text = _text(source, where)
    match source.suffix.lower():
        case ".json":
            content = _attempt(where, "JSON", lambda: json.loads(text))
        case ".toml":
            content = _attempt(where, "TOML", lambda: tomllib.loads(text))
        case ".yml" | ".yaml":
            content = _attempt(where, "YAML", lambda: _yaml(text))
        case other:
            raise ScaffoldError(
                f"ends with {other!r}, so its language is unknown",
                where=where,
                remedy="name it .toml, .yaml or .json",
            )
    if content is None:
        content = {}
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise ScaffoldError(
            "is no table of names and values",
            where=where,
            remedy="write one line per name: name = value",
        )
    _measure(content, where)
    return content


def _text(source: Path, where: str) -> str:
    try:
        with source.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise ScaffoldError(
            f"cannot be read: {why}", where=where, remedy="name a text file in UTF-8"
        ) from error
    if len(content) > LARGEST_FILE:
        raise ScaffoldError(
            f"is larger than {LARGEST_FILE} bytes",
            where=where,
            remedy="keep only names and values in it",
        )
    return text


def _attempt(where: str, language: str, read: Any) -> Any:  # noqa: ANN401 - any plain value
    try:
        return read()
    except (ValueError, RecursionError, TypeError) as error:
        said = " ".join(str(error).split())
        raise ScaffoldError(
            f"is no plain {language}: {said}",
            where=where,
            remedy="keep to texts, numbers, true and false, lists and tables; no tags",
        ) from error


def _yaml(text: str) -> Any:  # noqa: ANN401 - any plain value
    # The loader that Copier uses, so that what was looked at is what will be read.
    import yaml  # noqa: PLC0415 - only for YAML

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = list(yaml.load_all(text, Loader=loader))
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    if len(documents) > 1:
        raise ValueError("there are several documents in it")
    return documents[0] if documents else None


def _measure(content: object, where: str) -> None:
    """Refuse what is small as a text and huge as a value, without walking through it."""
    sizes: dict[int, int] = {}

    def size(value: object, depth: int) -> int:
        if depth > 50:  # noqa: PLR2004 - deeper than any table that a person writes
            raise _too_large(where)
        if isinstance(value, dict | list):
            if id(value) not in sizes:
                items = [*value, *value.values()] if isinstance(value, dict) else value
                sizes[id(value)] = 1 + sum(size(item, depth + 1) for item in items)
            return sizes[id(value)]
        if isinstance(value, _ATOMS):
            return 1
        raise ScaffoldError(
            f"holds a {type(value).__name__} ({value})",
            where=where,
            remedy="write it as a text, between quotes",
        )

    if size(content, 0) > MOST_VALUES:
        raise _too_large(where)


def _too_large(where: str) -> ScaffoldError:
    return ScaffoldError(
        f"unfolds into more than {MOST_VALUES} values or 50 levels",
        where=where,
        remedy="write the values out instead of repeating anchors",
    )
