"""Say the shapes of what goes through a model."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_LETTERS = re.compile(r"_[A-Z][A-Z0-9]*$")
_SAID = re.compile(
    r"\bshapes?\b|\b[A-Z]( x | )[A-Z]\b|\[[A-Z]\w*(, ?\w+)+\]|\([A-Z]\w*(, ?\w+)+\)", re.IGNORECASE
)


@rule("STR008", "shape-not-said", "P16", level=Level.WARNING, gate="G3")
def shape_not_said(repository: Repository) -> Iterator[Found]:
    """A layer in `models/` does not say the shape of what it takes and gives.

    Why: half of the errors between two components are shapes and layouts.

    Do: name arguments with shape letters, `x_BTD`, or write the shapes into the docstring of the
    class or of `forward`.
    """
    if not repository.manifest:
        return
    for source in repository.folder("models"):
        for node in source.all(ast.ClassDef):
            forward = _forward(node)
            if forward is not None and not _says(node, forward):
                yield Found(
                    where=source.path,
                    line=forward.lineno,
                    because=f"{node.name}.forward says no shape",
                )


def _forward(node: ast.ClassDef) -> ast.FunctionDef | None:
    return next(
        (one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "forward"),
        None,
    )


def _says(node: ast.ClassDef, forward: ast.FunctionDef) -> bool:
    arguments = [*forward.args.args[1:], *forward.args.kwonlyargs]
    if not arguments or any(_LETTERS.search(one.arg) for one in arguments):
        return True
    texts = (ast.get_docstring(node), ast.get_docstring(forward))
    annotations = [ast.dump(one.annotation) for one in arguments if one.annotation is not None]
    typed = any("Float" in text or "Int" in text or "Shaped" in text for text in annotations)
    return typed or any(text and _SAID.search(text) for text in texts)
