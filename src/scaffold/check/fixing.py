"""Mend what can be mended, round by round, until nothing is left that a fix is known for.

Nothing is written here: what comes out is the new content of each file. A fix after which a file
no longer parses is not made.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scaffold.check.edit import Create, Delete, Edit, carried_out
from scaffold.check.reading import as_json, as_python, as_toml, as_yaml, decoded
from scaffold.check.repository import Repository
from scaffold.check.run import look
from scaffold.house.tree import Entry, Kind, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePosixPath

    from scaffold.check.edit import Change, Fix
    from scaffold.check.listing import Listing
    from scaffold.check.run import Asked
    from scaffold.core.findings import Finding, Report

ROUNDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Mended:
    """What mending gives: files with other content or gone, and what is left."""

    files: Mapping[PurePosixPath, bytes | None]
    """None for a file that goes."""
    done: tuple[tuple[Finding, Fix], ...]
    report: Report
    """What is still found afterwards."""


@dataclass(frozen=True, slots=True)
class Overlaid(Tree):
    """A tree some of whose files have another content, which is not written yet."""

    changed: Mapping[PurePosixPath, bytes | None] = field(default_factory=dict)

    def read(self, path: PurePosixPath) -> bytes:
        """Give the content of a file as it would be."""
        new = self.changed.get(path)
        return Tree.read(self, path) if new is None else new


def mend(found: Listing, asked: Asked, *, unsafe: bool) -> Mended:
    """Apply every fix that is known, until a round changes nothing."""
    changed: dict[PurePosixPath, bytes | None] = {}
    done: list[tuple[Finding, Fix]] = []
    tried: set[tuple[str, str, str]] = set()
    for _ in range(ROUNDS):
        there = replace(found, tree=_overlaid(found.tree, changed))
        repository = Repository(there, policy=asked.policy, today=asked.today)
        checked = look(repository, asked)
        fresh = False
        by_file: dict[PurePosixPath, list[tuple[Finding, Fix]]] = defaultdict(list)
        for finding, fix in checked.fixes:
            if fix.safe or unsafe:
                by_file[fix.changes[0].path].append((finding, fix))
        for pairs in by_file.values():
            made = _made(repository, pairs, tried)
            changed |= made[0]
            done += made[1]
            fresh = fresh or bool(made[0])
        if not fresh:
            return Mended(files=changed, done=tuple(done), report=checked.report)
    return Mended(files=changed, done=tuple(done), report=checked.report)


def _made(
    repository: Repository,
    pairs: list[tuple[Finding, Fix]],
    tried: set[tuple[str, str, str]],
) -> tuple[dict[PurePosixPath, bytes | None], list[tuple[Finding, Fix]]]:
    """Make the fixes of one file together; where that breaks it, one after the other."""
    together = _carried(repository, [change for _, fix in pairs for change in fix.changes])
    if together is not None:
        return together, pairs if together else []
    for finding, fix in pairs:
        name = (finding.code, str(finding.where), finding.because)
        if name in tried:
            continue
        tried.add(name)
        alone = _carried(repository, list(fix.changes))
        if alone:
            return alone, [(finding, fix)]
    return {}, []


def _carried(
    repository: Repository, changes: Iterable[Change]
) -> dict[PurePosixPath, bytes | None] | None:
    """Carry changes out in memory; None where a file would no longer parse."""
    edits: dict[PurePosixPath, list[Edit]] = defaultdict(list)
    new: dict[PurePosixPath, bytes | None] = {}
    for change in changes:
        match change:
            case Edit():
                edits[change.path].append(change)
            case Create():
                new[change.path] = change.content
            case Delete():
                new[change.path] = None
    for path, wanted in edits.items():
        before = repository.content(path)
        if before is None or path in new:
            continue
        after = carried_out(before, wanted)
        if not _parses(path, after) and _parses(path, before):
            return None
        if after != before:
            new[path] = after
    return new


def _parses(path: PurePosixPath, content: bytes) -> bool:
    if path.suffix == ".py":
        return as_python(content) is not None
    readers = {".toml": as_toml, ".yaml": as_yaml, ".yml": as_yaml, ".json": as_json}
    read = readers.get(path.suffix)
    if read is None:
        return True
    text = decoded(content)
    return text is not None and (not text.strip() or read(text) is not None)


def _overlaid(tree: Tree, changed: Mapping[PurePosixPath, bytes | None]) -> Tree:
    kept = [entry for entry in tree.entries if entry.path not in changed]
    new = [
        Entry(path=path, kind=Kind.FILE, mode=0o100644, size=len(content))
        for path, content in changed.items()
        if content is not None
    ]
    entries = sorted((*kept, *new), key=lambda entry: entry.path.parts)
    return Overlaid(tree.root, tuple(entries), changed)
