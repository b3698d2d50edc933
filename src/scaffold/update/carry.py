"""Carry a plan out, all or nothing, and take it back to the last byte."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.house.git import git
from scaffold.house.plan import File
from scaffold.house.rewrite import rewrite
from scaffold.house.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.update.plan import UpdatePlan
    from scaffold.update.verdict import Outcome

_UNDO = "scaffold-undo"
_RECORD = "record.json"
_ZERO = "0" * 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """What was taken back."""

    files: int
    before: str
    after: str


def carry_out(root: Path, plan: UpdatePlan) -> None:
    """Write what a plan says, and put its conflicts into the index of git.

    Raises:
        ScaffoldError: Something could not be written; then nothing was changed.
    """
    changes = changes_of(root, plan)
    if not changes and not plan.conflicts:
        return
    _remember(root, changes, plan)
    rewrite(root, changes, index=_index(root, plan.conflicts))


def changes_of(root: Path, plan: UpdatePlan) -> dict[PurePosixPath, File | None]:
    """Give every file that changes, with what it holds afterwards; None for what goes."""
    wanted: dict[PurePosixPath, File | None] = {}
    for one in plan.outcomes:
        if one.removes is not None:
            wanted.setdefault(one.removes, None)
    wanted |= {one.path: one.result for one in plan.outcomes if one.result is not None}
    wanted |= plan.kept
    there = {
        entry.path: entry for entry in Tree.listed(root, [str(path) for path in wanted]).entries
    }
    tree = Tree(root, tuple(there.values()))
    plain = set(tree.files)
    strangers = {entry.path for entry in tree.strangers}
    changed: dict[PurePosixPath, File | None] = {}
    for path, file in wanted.items():
        if path in strangers:
            continue
        if path not in plain:
            if file is not None:
                changed[path] = file
            continue
        now = File(content=tree.read(path), executable=there[path].executable)
        if now != file:
            changed[path] = file
    return changed


def undo(root: Path) -> Undone:
    """Take the last update back: every byte, every mode, and the index of git.

    Raises:
        ScaffoldError: There is none, or a file was changed since.
    """
    folder = _folder(root)
    record = _record(folder)
    for name, after in record["after"].items():
        if _state(root, PurePosixPath(name)) != after:
            raise ScaffoldError(
                "was changed since the update, and would be lost",
                where=str(root / name),
                remedy="commit or put away your changes, then take back what you want with git",
            )
    changes: dict[PurePosixPath, File | None] = {}
    for name, kept in record["before"].items():
        path = PurePosixPath(name)
        if kept is None:
            changes[path] = None
            continue
        content = (folder / kept["copy"]).read_bytes()
        changes[path] = File(content=content, executable=bool(kept["executable"]))
    rewrite(root, changes)
    index = folder / "index"
    if index.is_file():
        shutil.copyfile(index, _git_folder(root) / "index")
    shutil.rmtree(folder)
    return Undone(files=len(changes), before=record["versions"][0], after=record["versions"][1])


def _remember(root: Path, changes: Mapping[PurePosixPath, File | None], plan: UpdatePlan) -> None:
    """Keep what is there now, outside of what git follows."""
    folder = _folder(root)
    draft = folder.with_name(f"{_UNDO}.new")
    shutil.rmtree(draft, ignore_errors=True)
    tree = Tree.listed(root, [str(path) for path in changes])
    entries = {entry.path: entry for entry in tree.entries}
    try:
        draft.mkdir()
        before: dict[str, object] = {}
        for number, path in enumerate(sorted(changes)):
            if path not in entries:
                before[str(path)] = None
                continue
            (draft / str(number)).write_bytes(tree.read(path))
            before[str(path)] = {"copy": str(number), "executable": entries[path].executable}
        after = {str(path): _hash(file) for path, file in changes.items()}
        record = {"versions": [plan.before, plan.after], "before": before, "after": after}
        (draft / _RECORD).write_text(json.dumps(record), encoding="utf-8")
        index = _git_folder(root) / "index"
        if index.is_file():
            shutil.copyfile(index, draft / "index")
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise ScaffoldError(
            f"cannot keep what is there now: {error.strerror or error}; nothing was changed",
            where=str(folder),
            remedy="look at its permissions and at the room on the disk",
        ) from error


def _record(folder: Path) -> dict[str, Any]:
    try:
        content = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        names = [*content["before"], *content["after"]]
        odd = any(".." in PurePosixPath(name).parts or name.startswith("/") for name in names)
        kept = [one for one in content["before"].values() if one is not None]
        if odd or not all(str(one["copy"]).isdigit() for one in kept):
            raise ValueError("leaves the repository")  # noqa: TRY301 - one message below
    except FileNotFoundError:
        raise ScaffoldError(
            "there is no update to take back",
            where=str(folder.parent),
            remedy="an update is taken back once, where it was made",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ScaffoldError(
            f"is no record of an update: {error}", where=str(folder), remedy="remove it"
        ) from error
    return dict(content)


def _state(root: Path, path: PurePosixPath) -> str:
    tree = Tree.listed(root, [str(path)])
    files = {entry.path: entry for entry in tree.entries}
    if path not in files:
        return ""
    return _hash(File(content=tree.read(path), executable=files[path].executable))


def _hash(file: File | None) -> str:
    if file is None:
        return ""
    return f"{sha256(file.content).hexdigest()}{'x' if file.executable else ''}"


def _folder(root: Path) -> Path:
    return _git_folder(root) / _UNDO


def _git_folder(root: Path) -> Path:
    return Path(_git(root, "rev-parse", "--absolute-git-dir").strip())


def _index(root: Path, conflicts: tuple[Outcome, ...]) -> str:
    """Write, for git's index, the three sides of every conflict."""
    lines: list[str] = []
    for one in conflicts:
        if one.stages is None:
            continue
        lines.append(f"0 {_ZERO}\t{one.path}")
        for stage, file in enumerate(
            (one.stages.base, one.stages.ours, one.stages.theirs), start=1
        ):
            if file is not None:
                blob = _git(
                    root, "hash-object", "-w", "--stdin", "--no-filters", given=file.content
                )
                mode = "100755" if file.executable else "100644"
                lines.append(f"{mode} {blob.strip()} {stage}\t{one.path}")
    return "".join(f"{line}\n" for line in lines)


def _git(root: Path, *words: str, given: bytes | None = None) -> str:
    remedy = "an update needs a repository of git that can be read and written"
    return git(root, *words, given=given, remedy=remedy)
