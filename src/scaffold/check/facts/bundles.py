"""Read the manifest of the goldens without the library that wrote it."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_HASH_BYTES = 16


class BundleFacts:
    """What the manifest of a bundle says, every part of it possibly missing."""

    def __init__(self, repository: Repository, folder: PurePosixPath) -> None:
        self.folder = folder
        self.path = folder / "manifest.json"
        found = repository.json(self.path)
        self.content: dict[str, Any] = found if isinstance(found, dict) else {}

    @property
    def there(self) -> bool:
        """Whether there is a manifest that can be read."""
        return bool(self.content)

    @property
    def shards(self) -> list[dict[str, Any]]:
        """The files of tensors, each with its size and hash."""
        return [one for one in self._list("shards") if isinstance(one, dict)]

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the goldens come from."""
        return self._table(self.content, "provenance")

    def table(self, name: str) -> dict[str, Any]:
        """Give one of its tables; empty where it is none."""
        return self._table(self._table(self.content, "tables"), name)

    @cached_property
    def roles(self) -> dict[str, int]:
        """How many goldens there are of each role."""
        columns = self._list("columns")
        at = columns.index("role") if "role" in columns else 0
        counts: dict[str, int] = {}
        for entry in self._list("entries"):
            if isinstance(entry, list) and len(entry) > at:
                counts[str(entry[at])] = counts.get(str(entry[at]), 0) + 1
        return counts

    def _list(self, key: str) -> list[Any]:
        found = self.content.get(key)
        return found if isinstance(found, list) else []

    @staticmethod
    def _table(content: dict[str, Any], key: str) -> dict[str, Any]:
        found = content.get(key)
        return found if isinstance(found, dict) else {}


def bundles(repository: Repository) -> Iterator[BundleFacts]:
    """Give the bundles that the manifest of the repository names, and those beside them."""
    named = repository.section("parity").get("bundle")
    if not isinstance(named, str) or ".." in PurePosixPath(named).parts:
        return
    first = PurePosixPath(named)
    beside = [path.parent for path in repository.under(str(first.parent), ".json")
              if path.name == "manifest.json"]  # fmt: skip
    for folder in dict.fromkeys((first, *beside)):
        if len(folder.parts) > 1 and repository.has(folder / "manifest.json"):
            yield BundleFacts(repository, folder)


def twin(repository: Repository) -> BundleFacts | None:
    """Give the bundle that every part is judged on."""
    return next(bundles(repository), None)


def hash_of(content: bytes) -> str:
    """Hash a file as the manifest of a bundle does."""
    return blake2b(content, digest_size=_HASH_BYTES).hexdigest()
