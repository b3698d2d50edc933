"""Let a test be able to fail."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository
    from scaffold.check.source import Source

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SAYS = ("assert", "raises", "warns", "fail", "check", "verify", "expect", "deprecated_call")


@rule("TST001", "test-asserts-nothing", "P26")
def test_asserts_nothing(repository: Repository) -> Iterator[Found]:
    """A test asserts nothing: neither an `assert` nor a call that can fail on its behalf.

    Why: it is green whatever the model computes, and counts as evidence all the same.

    Do: assert what the docstring or the name claims, against the reference where there is one.
    """
    for source in repository.tests:
        helpers = _asserting(source)
        for test in _tests(source):
            if not _asserts(test, helpers) and not _is_skipped(test):
                yield Found(
                    where=source.path, line=test.lineno, because=f"{test.name} asserts nothing"
                )


test_asserts_nothing.__test__ = False  # type: ignore[attr-defined]


def _tests(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give what pytest collects: functions at the top, and methods of classes called Test."""
    for node in source.module.body:
        if isinstance(node, _FUNCTIONS):
            if node.name.startswith("test_") and not _is_fixture(node):
                yield node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, _FUNCTIONS) and inner.name.startswith("test_"):
                    yield inner


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.dump(one) for one in node.decorator_list)


def _is_skipped(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("'skip'" in ast.dump(one) for one in node.decorator_list)


def _asserts(node: ast.AST, helpers: frozenset[str]) -> bool:
    for one in ast.walk(node):
        if isinstance(one, (ast.Assert, ast.Raise)):
            return True
        if isinstance(one, ast.Call):
            name = getattr(one.func, "attr", getattr(one.func, "id", "")).lower()
            if name in helpers or any(word in name for word in _SAYS):
                return True
    return False


def _asserting(source: Source) -> frozenset[str]:
    """Name the functions of a file that assert themselves, and those that call them."""
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = [
        *source.all(ast.FunctionDef),
        *source.all(ast.AsyncFunctionDef),
    ]
    helpers: set[str] = set()
    for _ in range(3):
        helpers |= {one.name.lower() for one in functions if _asserts(one, frozenset(helpers))}
    imported = {
        name.lower()
        for name, full in source.names.items()
        if any(word in full.lower() for word in _SAYS) or ".test" in full or full.startswith("test")
    }
    return frozenset(helpers | imported)
