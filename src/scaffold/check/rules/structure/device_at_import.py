"""Let a module be imported where there is no GPU."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.check.source import is_constant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository
    from scaffold.check.source import Source


@rule("STR007", "gpu-at-import", "P20", "P50")
def gpu_at_import(repository: Repository) -> Iterator[Found]:
    """A module asks for a GPU when it is imported.

    Why: a loss, a metric or a model that cannot be imported on a CPU cannot be tested there.

    Do: take the device from a tensor or an argument, where the work is done.
    """
    for source in repository.own:
        outside = set(_at_import(source))
        for name, call in source.calls:
            if id(call) not in outside:
                continue
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            to_gpu = method == "to" and any(is_constant(one, "cuda") for one in call.args)
            if (method == "cuda" and name != "torch.cuda") or to_gpu:
                yield Found(
                    where=source.path, line=call.lineno, because="moves to the GPU at import"
                )


def _at_import(source: Source) -> Iterator[int]:
    """Give the calls that importing the module makes, outside of `if __name__ == ...`."""
    waiting: list[ast.AST] = [one for one in source.module.body if not _is_main(one)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Call):
            yield id(node)
        waiting.extend(ast.iter_child_nodes(node))


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test)
