"""Keep code in the package, where it is typed, tested and installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_AT_THE_TOP = frozenset({"setup.py", "conftest.py", "noxfile.py", "hubconf.py", "tasks.py"})


@rule("LAY005", "code-outside-the-package", "P15", "P17", level=Level.WARNING)
def code_outside_the_package(repository: Repository) -> Iterator[Found]:
    """A module lies at the top of the repository.

    Why: it is imported by accident of the working directory, and no test of the package sees it.

    Do: move it into the package; an entry point is `python -m package.training.name`.
    """
    if not repository.manifest:
        return
    for path in repository.files:
        if len(path.parts) == 1 and path.suffix == ".py" and path.name not in _AT_THE_TOP:
            yield Found(where=path, because="is code outside of src/")
