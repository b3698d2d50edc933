"""Look at a repository's files, each read and parsed at most once, none of them run."""

from __future__ import annotations

from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.check.history import History
from scaffold.check.reading import LARGEST, as_json, as_python, as_toml, as_yaml, decoded
from scaffold.check.source import Source
from scaffold.core.errors import ScaffoldError
from scaffold.house.base import base_of
from scaffold.house.lock import LOCK, read_lock
from scaffold.house.manifest import MANIFEST
from scaffold.house.tree import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from scaffold.check.listing import Listing
    from scaffold.check.policy import Policy
    from scaffold.house.lock import Lock
    from scaffold.house.tree import Entry

_BASES = ".scaffold/base/"
_BESIDE = frozenset(
    {"tests", "test", "docs", "doc", "examples", "reference", "benchmarks", "tools"}
)


class Repository:
    """A repository as the rules see it: paths, texts, and what they parse to.

    Everything asked of a file that is absent, too large, binary or broken is None or empty.
    """

    def __init__(self, listing: Listing, *, policy: Policy, today: date) -> None:
        self.tree = listing.tree
        self.tracked = listing.tracked
        self.entries: dict[str, Entry] = {str(entry.path): entry for entry in self.tree.entries}
        self.history = History(self.tree.root)
        self.policy = policy
        self.today = today
        self._parsed: dict[tuple[str, str], Any] = {}

    @cached_property
    def files(self) -> tuple[PurePosixPath, ...]:
        """Every plain file but the merge bases, which are copies."""
        return tuple(
            entry.path
            for name, entry in self.entries.items()
            if entry.kind is Kind.FILE and not name.startswith(_BASES)
        )

    def has(self, path: PurePosixPath | str) -> bool:
        """Whether a plain file is there."""
        entry = self.entries.get(str(path))
        return entry is not None and entry.kind is Kind.FILE

    def has_folder(self, path: PurePosixPath | str) -> bool:
        """Whether a folder is there."""
        return str(path).rstrip("/") in self.folders

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file."""
        return frozenset(str(parent) for path in self.files for parent in path.parents)

    def under(self, folder: str, *suffixes: str) -> Iterator[PurePosixPath]:
        """Give the files in a folder and below it, with one of these suffixes or any."""
        for path in self._once("under", folder, lambda: tuple(self._below(folder))):
            if not suffixes or path.suffix in suffixes:
                yield path

    def _below(self, folder: str) -> Iterator[PurePosixPath]:
        parts = PurePosixPath(folder).parts
        for path in self.files:
            if path.parts[: len(parts)] == parts:
                yield path

    def content(self, path: PurePosixPath | str) -> bytes | None:
        """Give the bytes of a file that is not too large to be a text."""
        entry = self.entries.get(str(path))
        if entry is None or entry.kind is not Kind.FILE or entry.size > LARGEST:
            return None
        content: bytes = self._once("content", path, lambda: self.tree.read(PurePosixPath(path)))
        return content

    def text(self, path: PurePosixPath | str) -> str | None:
        """Give the text of a file."""
        text: str | None = self._read("text", path, decoded)
        return text

    def lines(self, path: PurePosixPath | str) -> tuple[str, ...]:
        """Give the lines of a text."""
        text = self.text(path) or ""
        lines: tuple[str, ...] = self._once("lines", path, lambda: tuple(text.splitlines()))
        return lines

    def python(self, path: PurePosixPath | str) -> Source | None:
        """Give a Python file, parsed."""

        def parsed(content: bytes) -> Source | None:
            module = as_python(content)
            return None if module is None else Source(PurePosixPath(path), content, module)

        source: Source | None = self._read("python", path, parsed)
        return source

    def toml(self, path: PurePosixPath | str) -> dict[str, Any]:
        """Give a TOML file as a table; empty where it is none."""
        return self._structured("toml", path, as_toml) or {}

    def yaml(self, path: PurePosixPath | str) -> Any:  # noqa: ANN401 - whatever it holds
        """Give a YAML file; None where it is none."""
        return self._structured("yaml", path, as_yaml)

    def json(self, path: PurePosixPath | str) -> Any:  # noqa: ANN401 - whatever it holds
        """Give a JSON file; None where it is none."""
        return self._structured("json", path, as_json)

    def sources(self, folder: str = "") -> Iterator[Source]:
        """Give every Python file of a folder that parses."""
        for path in self.under(folder, ".py"):
            if (source := self.python(path)) is not None:
                yield source

    @cached_property
    def own(self) -> tuple[Source, ...]:
        """The code that is installed: `src/`, else what is no test, page, example or tool."""
        if any(self.under("src", ".py")):
            return tuple(self.sources("src"))
        return tuple(
            source
            for path in self.files
            if path.suffix == ".py"
            and not _BESIDE.intersection(path.parts)
            and path.name not in ("setup.py", "conftest.py")
            and not path.name.startswith("test_")
            and (source := self.python(path)) is not None
        )

    @cached_property
    def tests(self) -> tuple[Source, ...]:
        """The files that pytest collects."""
        return tuple(
            source
            for path in self.files
            if path.suffix == ".py"
            and (path.name.startswith("test_") or path.name.endswith("_test.py"))
            and (source := self.python(path)) is not None
        )

    def folder(self, name: str) -> Iterator[Source]:
        """Give the code of one folder of the package, e.g. `models`."""
        yield from self.sources(f"{self.package}/{name}")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest as a table; empty where there is none."""
        return self.toml(MANIFEST)

    def section(self, name: str) -> dict[str, Any]:
        """Give a table of the manifest; empty where it is none."""
        found = self.manifest.get(name)
        return found if isinstance(found, dict) else {}

    @cached_property
    def lock(self) -> Lock | None:
        """The lock; None where there is none that can be read."""
        text = self.text(str(LOCK))
        if text is None:
            return None
        try:
            return read_lock(text, where=str(LOCK))
        except ScaffoldError:
            return None

    def base(self, path: PurePosixPath) -> bytes | None:
        """Give what a path held when the house rendered it."""
        return self.content(base_of(path))

    @cached_property
    def package(self) -> str:
        """The folder of the package: what the manifest says, or the only one in `src/`."""
        named = self.section("project").get("package")
        if isinstance(named, str) and named.isidentifier():
            return f"src/{named}"
        found = sorted(path for path in self.folders if path.count("/") == 1 and path[:4] == "src/")
        return found[0] if len(found) == 1 else "src"

    def _structured(self, kind: str, path: PurePosixPath | str, parse: Callable[[str], Any]) -> Any:  # noqa: ANN401 - as the parsers
        text = self.text(path)
        return None if text is None else self._once(kind, path, lambda: parse(text))

    def _read(self, kind: str, path: PurePosixPath | str, parse: Callable[[bytes], Any]) -> Any:  # noqa: ANN401 - likewise
        content = self.content(path)
        return None if content is None else self._once(kind, path, lambda: parse(content))

    def _once(self, kind: str, path: PurePosixPath | str, make: Callable[[], Any]) -> Any:  # noqa: ANN401
        key = (kind, str(path))
        if key not in self._parsed:
            self._parsed[key] = make()
        return self._parsed[key]
