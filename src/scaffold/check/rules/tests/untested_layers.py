"""Let every layer be tried on odd sizes before it is part of a network."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("TST007", "layer-without-test", "P21", level=Level.WARNING, gate="G3")
def layer_without_test(repository: Repository) -> Iterator[Found]:
    """No test names a public layer of `models/`.

    Why: a pass on odd, non-square and batch-of-one inputs finds half of the shape errors in a
    second, long before a training does.

    Do: add the class to `tests/unit/test_shapes.py`.
    """
    if not repository.manifest:
        return
    texts = [text for path in repository.under("tests", ".py") if (text := repository.text(path))]
    for source in repository.folder("models"):
        for node in source.all(ast.ClassDef):
            layer = any("Module" in source.full_name(parent) for parent in node.bases)
            if layer and node.name[0] != "_" and not any(node.name in text for text in texts):
                yield Found(
                    where=source.path, line=node.lineno, because=f"no test names {node.name}"
                )
