"""Draw and apply a random change in two functions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("DAT003", "draw-and-apply-in-one", "P40", level=Level.WARNING)
def draw_and_apply_in_one(repository: Repository) -> Iterator[Found]:
    """A random augmentation draws its parameters where it applies them.

    Why: two implementations cannot be compared when each draws for itself.

    Do: give the class `get_params()` and `apply(..., params)`.
    """
    if not repository.manifest:
        return
    for source in repository.folder("data"):
        for node in source.all(ast.ClassDef):
            methods = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
            random = node.name.startswith("Random") and "__call__" in methods
            if random and not {"get_params", "apply"} <= methods:
                yield Found(
                    where=source.path,
                    line=node.lineno,
                    because=f"{node.name} has no get_params and apply",
                )
