"""Change files of a repository that is there, all or none, and be able to finish what was killed.

Everything new is written beside the old first, below `.scaffold/.rewriting`, then a journal is put
in place in one step. From then on the change is decided: whoever comes next finishes it
(`recover`). Before, the repository is as it was. A step that fails undoes those before it.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.house.folders import Folders
from scaffold.house.git import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.house.plan import File

STAGE = PurePosixPath(".scaffold", ".rewriting")
_JOURNAL = "journal.json"
_INDEX = "index-info"
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def rewrite(root: Path, changes: Mapping[PurePosixPath, File | None], *, index: str = "") -> None:
    """Give files another content, make new ones, and remove those whose content is None.

    Args:
        root: The repository.
        changes: What every file is to hold.
        index: What is put into git's index when the files are there, as `update-index
            --index-info` reads it.

    Raises:
        ScaffoldError: Something could not be written; then nothing was changed.
    """
    if not changes and not index:
        return
    recover(root)
    with Folders(root) as folders:
        _refuse_odd_places(folders, changes)
        stage = root / STAGE
        fresh = not (root / STAGE.parent).exists()
        try:
            steps = _staged(stage, folders, changes, index)
        except OSError as error:
            _swept(root, fresh=fresh)
            raise _unwritable(root, error) from error
        _finish(root, folders, stage, steps, fresh=fresh)


def recover(root: Path) -> str:
    """Finish a change that was killed after it was decided, or sweep up one that was not.

    Returns:
        What was done, in one clause; empty where there was nothing to do.
    """
    stage = root / STAGE
    if stage.is_symlink() or not stage.is_dir():
        return ""
    journal = stage / _JOURNAL
    if not journal.is_file():
        _swept(root, fresh=False)
        return "a change that was interrupted before it was decided was swept up: as before"
    steps = _read(journal)
    with Folders(root) as folders:
        _finish(root, folders, stage, steps, fresh=False)
    return f"a change of {len(steps)} files that was interrupted was finished: as after"


def _refuse_odd_places(folders: Folders, changes: Mapping[PurePosixPath, File | None]) -> None:
    for path in changes:
        if path.is_absolute() or ".." in path.parts or not path.parts or path.parts[0] == ".git":
            raise ScaffoldError(
                "is no place for a change", where=str(path), remedy="name a file of the repository"
            )
        folders.look(path)


def _staged(
    stage: Path, folders: Folders, changes: Mapping[PurePosixPath, File | None], index: str
) -> list[list[str]]:
    stage.mkdir(parents=True)
    steps: list[list[str]] = []
    for number, (path, file) in enumerate(sorted(changes.items())):
        if file is None:
            steps.append([str(path), ""])
            continue
        name = f"{number}.new"
        with os.fdopen(os.open(stage / name, _NEW_FILE, 0o666), "wb") as out:
            out.write(file.content)
            out.flush()
        before = folders.status(path)
        mode = stat.S_IMODE(before.st_mode) if before is not None else None
        now = stat.S_IMODE((stage / name).stat().st_mode)
        wanted = (mode if mode is not None else now) & ~0o111
        (stage / name).chmod(wanted | (0o111 & (wanted >> 2) if file.executable else 0))
        steps.append([str(path), name])
    if index:
        (stage / _INDEX).write_text(index, encoding="utf-8", errors="surrogateescape")
    draft = stage / "journal.new"
    with draft.open("w", encoding="utf-8") as out:
        json.dump(steps, out)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(stage / _JOURNAL)
    return steps


def _finish(
    root: Path, folders: Folders, stage: Path, steps: list[list[str]], *, fresh: bool
) -> None:
    """Carry every step out; one that fails undoes those before it."""
    done: list[tuple[PurePosixPath, str]] = []
    try:
        for number, (path, name) in enumerate(steps):
            place = PurePosixPath(path)
            kept = f"{number}.old"
            folders.keep(place, stage / kept)
            if name and (stage / name).exists():
                folders.put(stage / name, place)
            elif not name:
                folders.remove(place)
            done.append((place, kept))
    except OSError as error:
        for place, kept in reversed(done):
            with suppress(OSError):
                if (stage / kept).exists():
                    folders.put(stage / kept, place)
                else:
                    folders.remove(place)
        (stage / _JOURNAL).unlink(missing_ok=True)
        _swept(root, fresh=fresh)
        raise _unwritable(root, error) from error
    _put_into_index(root, stage)
    _emptied_but_for_the_journal(stage)
    _swept(root, fresh=fresh)


def _put_into_index(root: Path, stage: Path) -> None:
    """Let git know of conflicts; done twice it is done once."""
    if (stage / _INDEX).is_file():
        run(root, "update-index", "--index-info", given=(stage / _INDEX).read_bytes())


def _read(journal: Path) -> list[list[str]]:
    """Read a journal, which a stranger may have written: no step leaves the repository."""
    try:
        steps = json.loads(journal.read_text(encoding="utf-8"))
        right = all(
            isinstance(path, str)
            and isinstance(name, str)
            and (not name or (name.endswith(".new") and "/" not in name))
            and ".." not in PurePosixPath(path).parts
            and not path.startswith(("/", ".git/"))
            for path, name in steps
        )
    except (OSError, ValueError, TypeError):
        right = False
    if right:
        return [list(step) for step in steps]
    raise ScaffoldError(
        "is no journal of a change",
        where=str(journal),
        remedy=f"look into {journal.parent}, then remove it",
    )


def _emptied_but_for_the_journal(stage: Path) -> None:
    """Keep what says that the change was decided for as long as anything is left of it."""
    for path in stage.iterdir():
        if path.name != _JOURNAL:
            path.unlink()


def _swept(root: Path, *, fresh: bool) -> None:
    shutil.rmtree(root / STAGE, ignore_errors=True)
    if fresh:
        with suppress(OSError):
            (root / STAGE.parent).rmdir()


def _unwritable(root: Path, error: OSError) -> ScaffoldError:
    return ScaffoldError(
        f"could not be changed: {error.strerror or error}; nothing was changed",
        where=str(error.filename or root),
        remedy="look at its permissions and at the room on the disk",
    )
