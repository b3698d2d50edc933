"""Read what a repository depends on: `pyproject.toml`, lock files, requirements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

PYPROJECT = PurePosixPath("pyproject.toml")
LOCK = PurePosixPath("requirements.lock")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """One package that is asked for."""

    name: str
    """In lower case, with hyphens."""
    specifier: str
    """What follows the name, e.g. `>=2,<3`; an address for one that is named by it."""
    line: int
    text: str

    @property
    def pinned(self) -> str:
        """The one version that is accepted; empty where several are."""
        found = re.fullmatch(r"={2,3}\s*([^,\s*]+)", self.specifier.split(" --hash")[0].strip())
        return found[1] if found else ""


def normal(name: str) -> str:
    """Write a package's name as an index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse(text: str, line: int) -> Requirement | None:
    """Read one requirement; None for what is none."""
    if text.startswith("git+"):
        name = text.partition("#egg=")[2] or text.partition("#")[0].rpartition("/")[2]
        return Requirement(
            name=normal(name.removesuffix(".git")), specifier=text, line=line, text=text
        )
    found = _REQUIREMENT.match(text)
    if found is None or not found[1]:
        return None
    return Requirement(
        name=normal(found[1]), specifier=found[2].strip().rstrip("\\").strip(), line=line, text=text
    )


def locked(repository: Repository, path: PurePosixPath | str) -> Iterator[Requirement]:
    """Give the entries of a lock file; options and comments are none."""
    for number, line in enumerate(repository.lines(path), start=1):
        said = line.strip()
        if said and not said.startswith(("#", "-")) and (found := parse(said, number)):
            yield found


def dependencies(repository: Repository) -> Iterator[Requirement]:
    """Give what the package itself needs, with the lines on which that stands."""
    project = repository.toml(PYPROJECT).get("project", {})
    wanted = project.get("dependencies", []) if isinstance(project, dict) else []
    for text in wanted if isinstance(wanted, list) else []:
        if isinstance(text, str) and (found := parse(text, _line(repository, text))):
            yield found


def optional(repository: Repository) -> frozenset[str]:
    """Name the packages that some extra asks for."""
    project = repository.toml(PYPROJECT).get("project", {})
    extras = project.get("optional-dependencies", {}) if isinstance(project, dict) else {}
    lists = extras.values() if isinstance(extras, dict) else ()
    texts = [text for one in lists if isinstance(one, list) for text in one]
    found = [parse(text, 0) for text in texts if isinstance(text, str)]
    return frozenset(one.name for one in found if one is not None)


def _line(repository: Repository, text: str) -> int:
    for number, line in enumerate(repository.lines(PYPROJECT), start=1):
        if f'"{text}"' in line or f"'{text}'" in line:
            return number
    return 1


def allows(specifier: str, version: str) -> bool:
    """Whether a specifier accepts a version; what cannot be read is accepted."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - rarely wanted
    from packaging.version import InvalidVersion  # noqa: PLC0415 - likewise

    try:
        return SpecifierSet(specifier).contains(version.split("+", maxsplit=1)[0], prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True
