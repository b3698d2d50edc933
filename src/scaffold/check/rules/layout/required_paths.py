"""Have what a team's own house asks for beside the layout."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Create, Fix
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("LAY002", "required-path-is-missing", "P15", "P08", fixable=Fixable.SAFE)
def required_path_is_missing(repository: Repository) -> Iterator[Found]:
    """A path that the house requires is not there.

    Why: the house says so under `required`.

    Do: write it. `--fix` begins a page as a stub.
    """
    for wanted in repository.policy.required:
        path = PurePosixPath(wanted)
        if repository.has(path) or repository.has_folder(wanted):
            continue
        fix = None
        if path.suffix == ".md":
            text = f"---\nstatus: stub\n---\n\n# {path.stem.replace('_', ' ').capitalize()}\n"
            fix = Fix(says="begin a stub", changes=(Create(path=path, content=text.encode()),))
        yield Found(where=path, because="is required by the house and not there", fix=fix)
