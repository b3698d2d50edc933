"""Find keys in a TOML text, and change one value while everything else stays."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Edit, Fix

if TYPE_CHECKING:
    from scaffold.check.repository import Repository

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"(\s*)([A-Za-z0-9_\-\"']+)\s*=\s*(.*)$")
_VALUE = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'[^']*'|\[[^\[\]#]*\]|[^\s#\[\]\"']+)\s*(?:#.*)?$")


def line_of(repository: Repository, path: str, table: str, key: str = "") -> int | None:
    """Give the line of a key, else of the header of its table."""
    at = ""
    header = None
    for number, line in enumerate(repository.lines(path), start=1):
        if found := _HEADER.match(line):
            at = found[1].replace('"', "")
            header = number if at == table and header is None else header
        elif at == table and key and _name(line) == key:
            return number
    return header


def set_value(
    repository: Repository, path: str, table: str, key: str, value: object, says: str
) -> Fix | None:
    """Put a value in the place of another on its line, or add the key; None where unclear."""
    text = repository.text(path)
    if text is None or "\r" in text or text.startswith("\ufeff"):
        return None
    written = as_toml_text(value)
    number = line_of(repository, path, table, key)
    if number is None:
        return None
    lines = text.splitlines(keepends=True)
    start = len("".join(lines[: number - 1]).encode())
    line = lines[number - 1]
    if _name(line) == key and not _HEADER.match(line):
        found = _KEY.match(line)
        value_at = found and _VALUE.match(found[3])
        if not found or not value_at:
            return None
        before = start + len(line[: found.start(3)].encode())
        end = before + len(value_at[1].encode())
        change = Edit(path=PurePosixPath(path), start=before, end=end, text=written.encode())
    else:
        after = start + len(line.encode())
        added = f"{key} = {written}\n".encode()
        change = Edit(path=PurePosixPath(path), start=after, end=after, text=added)
    return Fix(says=says, changes=(change,))


def as_toml_text(value: object) -> str:
    """Write a text, a number, a truth or a list of them as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(as_toml_text(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _name(line: str) -> str:
    found = _KEY.match(line)
    return found[2].strip("\"'") if found else ""
