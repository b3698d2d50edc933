"""Give every layer a name that can be compared."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_CHAINS = frozenset({"torch.nn.Sequential", "torch.nn.ModuleList"})


@rule("STR004", "layers-by-number", "P18", level=Level.WARNING)
def layers_by_number(repository: Repository) -> Iterator[Found]:
    """A model inherits from `nn.Sequential` or `nn.ModuleList`.

    Why: its layers are called 0, 1, 2; one that is put in between moves every weight after it,
    and a divergence at `3.1.0` says nothing.

    Do: inherit from `nn.Module`, name the layers, and call them in `forward`.
    """
    for source in repository.folder("models"):
        for node in source.all(ast.ClassDef):
            for parent in node.bases:
                if (name := source.full_name(parent)) in _CHAINS:
                    yield Found(
                        where=source.path,
                        line=node.lineno,
                        because=f"{node.name} inherits from {name.removeprefix('torch.')}",
                    )
