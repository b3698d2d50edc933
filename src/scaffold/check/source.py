"""Hold a Python file so that many rules can look at it after one walk over it."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Source:
    """One Python file, parsed and walked once."""

    path: PurePosixPath
    content: bytes
    module: ast.Module

    @cached_property
    def nodes(self) -> dict[type[ast.AST], list[ast.AST]]:
        """Every node under its class, in no order that counts."""
        found: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        waiting: list[ast.AST] = [self.module]
        while waiting:
            node = waiting.pop()
            found[type(node)].append(node)
            for value in node.__dict__.values():
                if isinstance(value, ast.AST):
                    waiting.append(value)
                elif type(value) is list:
                    waiting.extend(item for item in value if isinstance(item, ast.AST))
        return found

    def all(self, kind: type[Node]) -> Iterator[Node]:
        """Give every node of a class."""
        yield from self.nodes.get(kind, ())  # type: ignore[misc]

    @cached_property
    def names(self) -> dict[str, str]:
        """What each imported name stands for, in full: `{"F": "torch.nn.functional"}`."""
        known: dict[str, str] = {}
        for plain in self.all(ast.Import):
            for alias in plain.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        for named in self.all(ast.ImportFrom):
            for alias in named.names:
                origin = f"{'.' * named.level}{named.module or ''}"
                joint = "" if not origin or origin.endswith(".") else "."
                known[alias.asname or alias.name] = f"{origin}{joint}{alias.name}"
        return known

    def full_name(self, node: ast.AST) -> str:
        """Give the dotted name that an expression stands for; empty where it is no name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join((self.names.get(node.id, node.id), *reversed(parts)))

    @cached_property
    def calls(self) -> tuple[tuple[str, ast.Call], ...]:
        """Every call with the dotted name of what is called; the name may be empty."""
        return tuple((self.full_name(call.func), call) for call in self.all(ast.Call))

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The byte at which each line begins, the first line at index 0."""
        starts, at = [0], 0
        while (at := self.content.find(b"\n", at) + 1) > 0:
            starts.append(at)
        return tuple(starts)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The text of each line."""
        return tuple(self.content.decode("utf-8", "replace").split("\n"))

    def offset(self, line: int, column: int) -> int:
        """Give the byte of a place, as `ast` counts: lines from 1, columns in bytes."""
        mark = 3 if line == 1 and self.content.startswith(b"\xef\xbb\xbf") else 0
        return self.starts[line - 1] + column + mark

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Give the bytes at which a node begins and ends."""
        end = node.end_lineno or node.lineno
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(end, node.end_col_offset or node.col_offset),
        )

    def line_of(self, node: ast.expr | ast.stmt) -> str:
        """Give the text of the line on which a node begins."""
        return self.lines[node.lineno - 1]

    def lines_of(self, node: ast.expr | ast.stmt) -> str:
        """Give the text of every line on which a node lies."""
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno or node.lineno])


def keywords(call: ast.Call) -> dict[str, ast.expr]:
    """Give the arguments that a call passes by name."""
    return {item.arg: item.value for item in call.keywords if item.arg is not None}


def is_open(call: ast.Call) -> bool:
    """Whether a call passes arguments that cannot be seen: `*args` or `**settings`."""
    return any(isinstance(one, ast.Starred) for one in call.args) or any(
        item.arg is None for item in call.keywords
    )


def is_constant(node: ast.AST | None, value: object) -> bool:
    """Whether an expression is a certain constant, `True` and `1` being two."""
    return (
        isinstance(node, ast.Constant) and node.value == value and type(node.value) is type(value)
    )
