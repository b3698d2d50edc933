"""Remember what was generated: from which house, with which answers, which bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.house.table import Engine, Owner

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCK = PurePosixPath(".scaffold/lock.json")
SCHEMA = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Locked:
    """One rendered file."""

    hash: str
    owner: Owner
    executable: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """Everything an update needs to know of the past; no dates and no places."""

    house: str
    version: str
    tree: str
    engine: Engine
    answers: Mapping[str, Any]
    files: Mapping[PurePosixPath, Locked]

    def text(self) -> str:
        """Write the lock; the same lock gives the same text."""
        content = {
            "schema": SCHEMA,
            "house": {
                "id": self.house,
                "version": self.version,
                "engine": self.engine.value,
                "tree": self.tree,
            },
            "answers": dict(sorted(self.answers.items())),
            "files": {str(path): _as_json(locked) for path, locked in sorted(self.files.items())},
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def digest(content: bytes) -> str:
    """Give the hash under which a file is locked."""
    return sha256(content).hexdigest()


def read_lock(text: str, *, where: str) -> Lock:
    """Read a lock, which a stranger may have written: nothing in it is followed or run."""
    try:
        content = json.loads(text)
        if content["schema"] != SCHEMA:
            raise ScaffoldError(
                f"schema is {content['schema']!r}, and this version reads {SCHEMA}",
                where=where,
                remedy="install a refscaffold that knows this schema",
            )
        house = content["house"]
        return Lock(
            house=str(house["id"]),
            version=str(house["version"]),
            tree=str(house["tree"]),
            engine=Engine(house["engine"]),
            answers=dict(content["answers"]),
            files={_contained(p, where): _locked(e) for p, e in content["files"].items()},
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ScaffoldError(
            f"is no lock: {type(error).__name__}: {error}",
            where=where,
            remedy="restore the file from the repository's history",
        ) from error


def _as_json(locked: Locked) -> dict[str, object]:
    entry: dict[str, object] = {"hash": locked.hash, "owner": locked.owner.value}
    if locked.executable:
        entry["executable"] = True
    return entry


def _locked(entry: Mapping[str, Any]) -> Locked:
    return Locked(
        hash=str(entry["hash"]),
        owner=Owner(entry["owner"]),
        executable=bool(entry.get("executable", False)),
    )


def _contained(text: str, where: str) -> PurePosixPath:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ScaffoldError(
            f"names {text!r}, which leaves the repository",
            where=where,
            remedy="restore the file from the repository's history",
        )
    return path
