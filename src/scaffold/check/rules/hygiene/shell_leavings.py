"""Find files that a shell made of a version's limit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.edit import Delete, Fix
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_VERSION = re.compile(r"=?\d+(\.\d+)+(\.post\d+)?")


@rule("HYG011", "redirected-by-mistake", "P10", "P62", fixable=Fixable.UNSAFE)
def redirected_by_mistake(repository: Repository) -> Iterator[Found]:
    """A file at the top is called like a version.

    Why: `pip install torch>=2.9.0` without quotes writes to the file `=2.9.0`, and installs any
    torch at all.

    Do: remove it, and quote the requirement.
    """
    for path in repository.files:
        if len(path.parts) == 1 and path.name.startswith("=") and _VERSION.fullmatch(path.name):
            fix = Fix(says="remove it", changes=(Delete(path=path),), safe=False)
            yield Found(where=path, because="is what a shell makes of `>=`", fix=fix)
