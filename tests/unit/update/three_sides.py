"""Draw the three sides of an update without a disk, and carry a plan out on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from scaffold.house.base import base_of, bases
from scaffold.house.lock import LOCK, Lock, Locked, digest
from scaffold.house.plan import File
from scaffold.house.table import Engine, Owner
from scaffold.house.tree import Entry, Kind
from scaffold.update.plan import plan
from scaffold.update.sides import Sides, Theirs


@dataclass
class Drawn:
    """A tree that lies in memory."""

    files: dict[PurePosixPath, File]
    root: Path = Path("drawn")
    links: frozenset[PurePosixPath] = field(default_factory=frozenset)

    @property
    def entries(self):
        plain = [
            Entry(
                path=path,
                kind=Kind.FILE,
                mode=0o755 if file.executable else 0o644,
                size=len(file.content),
            )
            for path, file in self.files.items()
        ]
        return (*plain, *(Entry(path=path, kind=Kind.LINK, mode=0o777) for path in self.links))

    @property
    def strangers(self):
        return tuple(entry for entry in self.entries if entry.kind is Kind.LINK)

    def read(self, path):
        return self.files[path].content


def files(texts):
    """Texts, or bytes, or files, by name."""
    made = {}
    for name, text in texts.items():
        content = text.encode() if isinstance(text, str) else text
        made[PurePosixPath(name)] = content if isinstance(content, File) else File(content=content)
    return made


def lock_of(base, owners, version="1"):
    return Lock(
        house="h", version=version, tree="t", engine=Engine.COPIER, answers={},
        files={
            path: Locked(hash=digest(file.content), owner=owners.get(path, Owner.BOTH),
                         executable=file.executable)
            for path, file in base.items()
        },
    )  # fmt: skip


def kept_of(base, owners, version="1"):
    """What scaffold keeps beside what was rendered."""
    owned = {path: owners.get(path, Owner.BOTH) for path in base}
    contents = {path: file.content for path, file in base.items()}
    made = {path: File(content=content) for path, content in bases(contents, owned).items()}
    made[LOCK] = File(content=lock_of(base, owners, version).text().encode())
    return made


def planned(base, ours, theirs, *, owners=None, moved=None, links=()):
    """Plan an update of one side to the other."""
    owned = {PurePosixPath(path): Owner(owner) for path, owner in (owners or {}).items()}
    before, after = files(base), files(theirs)
    there = files(ours) | kept_of(before, owned)
    sides = Sides(
        Drawn(there, links=frozenset(map(PurePosixPath, links))),
        Theirs(
            files=after,
            owners={path: owned.get(path, Owner.BOTH) for path in after},
            moved={PurePosixPath(a): PurePosixPath(b) for a, b in (moved or {}).items()},
            kept=kept_of(after, owned, "2"),
        ),
    )
    return plan(sides, house="h", version="2", answers={})


def result(ours, made):
    """Give every file as the plan leaves it, without what scaffold keeps."""
    there = files(ours)
    for one in made.outcomes:
        if one.removes is not None:
            there.pop(one.removes, None)
    for one in made.outcomes:
        if one.result is not None:
            there[one.path] = one.result
    return there


def verdicts(made):
    return {str(one.path): str(one.verdict) for one in made.outcomes}


__all__ = ["base_of", "files", "planned", "result", "verdicts"]
