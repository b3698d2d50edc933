"""Changes to files as values: bytes within a file, a new file, a file that goes."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from dataclasses import replace as with_other
from typing import TYPE_CHECKING

from scaffold.check.source import is_open

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from scaffold.check.source import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """Put other bytes in the place of some; everything around them stays."""

    path: PurePosixPath
    start: int
    end: int
    text: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Create:
    """Make a file that is not there."""

    path: PurePosixPath
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Delete:
    """Remove a file."""

    path: PurePosixPath


Change = Edit | Create | Delete


@dataclass(frozen=True, kw_only=True, slots=True)
class Fix:
    """How a finding is mended."""

    says: str
    changes: tuple[Change, ...]
    safe: bool = True
    """Whether the repository computes what it computed before, and nothing is lost."""


def as_unsafe(fix: Fix | None) -> Fix | None:
    """Give a fix that is made only where a person asks for it by name."""
    return None if fix is None else with_other(fix, safe=False)


def replace(source: Source, node: ast.expr | ast.stmt, text: str) -> Edit:
    """Put another text in the place of a node."""
    start, end = source.span(node)
    return Edit(path=source.path, start=start, end=end, text=text.encode())


def add_argument(source: Source, call: ast.Call, text: str) -> Edit | None:
    """Pass one more argument by name; None where the call cannot be read to its end."""
    if is_open(call) or any(isinstance(one, ast.GeneratorExp) for one in call.args):
        return None
    _, end = source.span(call)
    given = [*call.args, *(item.value for item in call.keywords)]
    if not given:
        at = end - 1
        return Edit(path=source.path, start=at, end=at, text=text.encode())
    last = max(given, key=lambda one: source.span(one)[1])
    after = _after_brackets(source.content, source.span(last)[1], end - 1)
    if after is None:
        return None
    return Edit(path=source.path, start=after, end=after, text=f", {text}".encode())


def _after_brackets(content: bytes, at: int, end: int) -> int | None:
    """Go past the brackets around the last argument, which are no part of its node."""
    rest = content[at:end]
    if b"#" in rest and b")" in rest:
        return None
    closed = rest.rfind(b")")
    return at + closed + 1


def drop_line(source: Source, node: ast.stmt) -> Edit:
    """Remove the lines of a statement that stands alone on them."""
    start = source.starts[node.lineno - 1]
    last = node.end_lineno or node.lineno
    end = source.starts[last] if last < len(source.starts) else len(source.content)
    return Edit(path=source.path, start=start, end=end, text=b"")


def carried_out(content: bytes, edits: list[Edit]) -> bytes:
    """Give a file with edits made; one that meets an earlier one is left for the next round."""
    parts: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        if edit.start < at or (parts and edit.start == at == edit.end):
            continue
        parts += [content[at : edit.start], edit.text]
        at = edit.end
    return b"".join((*parts, content[at:]))
