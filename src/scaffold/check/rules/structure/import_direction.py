"""Let the model know nothing of its loss, its data or its training, and the loss nothing of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository
    from scaffold.check.source import Source

_FORBIDDEN = {
    "models": ("losses", "data", "training", "metrics", "optim"),
    "losses": ("models", "data", "training"),
    "metrics": ("models", "data", "training"),
    "data": ("models", "training", "losses"),
}


@rule("STR001", "import-against-the-direction", "P15", "P20")
def import_against_the_direction(repository: Repository) -> Iterator[Found]:
    """A component imports one that it must not know.

    Why: a loss that needs a model cannot be compared alone, and a model that needs its data
    cannot be reused.

    Do: pass what is needed as an argument, or move it to the component that both may know.
    """
    package = repository.package.removeprefix("src/")
    for component, forbidden in _FORBIDDEN.items():
        for source in repository.folder(component):
            for line, module in imported(source, repository.package):
                parts = module.split(".")
                if parts[0] == package and len(parts) > 1 and parts[1] in forbidden:
                    yield Found(
                        where=source.path, line=line, because=f"{component}/ imports {parts[1]}/"
                    )


def imported(source: Source, package: str) -> Iterator[tuple[int, str]]:
    """Give every module that a file imports, in full, with its line."""
    for plain in source.all(ast.Import):
        for alias in plain.names:
            yield plain.lineno, alias.name
    for named in source.all(ast.ImportFrom):
        module = named.module or ""
        if named.level:
            inside = source.path.relative_to("src") if package.startswith("src") else source.path
            parts = inside.parts[: -named.level]
            module = ".".join((*parts, *filter(None, [module])))
        for alias in named.names:
            yield named.lineno, f"{module}.{alias.name}"
