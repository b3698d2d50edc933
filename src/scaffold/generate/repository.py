"""Add to rendered files what scaffold keeps about them, so that an update knows the past."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.house.base import bases
from scaffold.house.lock import LOCK, Lock, Locked, digest
from scaffold.house.origin import constraint
from scaffold.house.plan import File
from scaffold.house.table import Owner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.generate.render import Rendered

WISHES = PurePosixPath(".scaffold/house.toml")
_HEADER = (
    "# What the house changes about the rules; a copy, so that checking needs the house not.\n"
)
CONSTRAINTS = PurePosixPath(".scaffold/constraints.txt")


def owners(rendered: Rendered) -> dict[PurePosixPath, Owner]:
    """Say who owns each rendered file; a file without a row is owned by both."""
    rows = rendered.house.placed(rendered.answers)
    return {
        path: (rows[path].owner if path in rows else None) or Owner.BOTH for path in rendered.files
    }


def lock_of(rendered: Rendered) -> Lock:
    """Write down what was rendered."""
    owned = owners(rendered)
    return Lock(
        house=rendered.house.id,
        version=rendered.house.version,
        tree=rendered.tree_hash,
        engine=rendered.house.engine,
        answers=rendered.answers,
        files={
            path: Locked(hash=digest(file.content), owner=owned[path], executable=file.executable)
            for path, file in rendered.files.items()
        },
    )


def repository(rendered: Rendered) -> Mapping[PurePosixPath, File]:
    """Give every file of the repository to be: the rendered ones, the lock, the merge bases."""
    contents = {path: file.content for path, file in rendered.files.items()}
    files = dict(rendered.files)
    files |= {
        path: File(content=content) for path, content in bases(contents, owners(rendered)).items()
    }
    files[LOCK] = File(content=lock_of(rendered).text().encode())
    if rendered.house.check:
        import tomlkit  # noqa: PLC0415 - only for a house that changes rules

        text = f"{_HEADER}{tomlkit.dumps({'check': dict(rendered.house.check)})}"
        files[WISHES] = File(content=text.encode())
    if (line := constraint()) is not None:
        files[CONSTRAINTS] = File(content=f"{line}\n".encode())
    return files
