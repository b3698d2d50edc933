"""Make a folder of modules a package."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Create, Fix
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("LAY003", "folder-is-no-package", "P15", level=Level.WARNING, fixable=Fixable.SAFE)
def folder_is_no_package(repository: Repository) -> Iterator[Found]:
    """A folder of modules inside a package has no `__init__.py`.

    Why: a wheel leaves it out, and the import works in the checkout only.

    Do: add the file.
    """
    package = repository.package
    if not repository.has(f"{package}/__init__.py"):
        return
    folders = {path.parent for path in repository.under(package, ".py")}
    for folder in sorted(folders):
        if not repository.has(folder / "__init__.py"):
            text = f'"""{folder.name.capitalize()}."""\n'
            create = Create(path=PurePosixPath(folder / "__init__.py"), content=text.encode())
            fix = Fix(says="make it a package", changes=(create,))
            yield Found(where=folder, because="has modules and no __init__.py", fix=fix)
