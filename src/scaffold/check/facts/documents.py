"""Read Markdown: front matter, headings, tables, links, fenced commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.check.edit import Edit, Fix
from scaffold.check.reading import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

STATUSES = ("stub", "draft", "done")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*([\w+-]*)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Front:
    """The front matter of a page."""

    values: dict[str, Any]
    end: int
    """The line of the closing dashes; 0 where there is none."""


def front(repository: Repository, path: PurePosixPath) -> Front:
    """Read what stands between the dashes at the top of a page."""
    lines = repository.lines(path)
    if not lines or lines[0].strip() != "---":
        return Front(values={}, end=0)
    end = next((n for n, line in enumerate(lines[1:], start=2) if line.strip() == "---"), 0)
    values = as_yaml("\n".join(lines[1 : end - 1])) if end else None
    return Front(values=values if isinstance(values, dict) else {}, end=end)


def pages(repository: Repository) -> Iterator[PurePosixPath]:
    """Give the pages whose state is followed: docs/ but for decisions and reviews."""
    for path in repository.under("docs", ".md"):
        if path.parent == PurePosixPath("docs") and path.name.lower() not in (
            "index.md",
            "readme.md",
        ):
            yield path


def status(repository: Repository, path: PurePosixPath) -> str:
    """Give the status that a page has of itself; empty where it has none."""
    said = front(repository, path).values.get("status")
    return said if isinstance(said, str) else ""


def headings(repository: Repository, path: PurePosixPath | str) -> list[tuple[int, str]]:
    """Give the headings of a page with their lines."""
    found = []
    for number, line in prose(repository, path):
        if heading := _HEADING.match(line):
            found.append((number, heading[1]))
    return found


def prose(repository: Repository, path: PurePosixPath | str) -> Iterator[tuple[int, str]]:
    """Give the lines outside of fences and of front matter."""
    lines = repository.lines(path)
    fence = ""
    begin = 0
    if lines and lines[0].strip() == "---":
        begin = next((n for n, line in enumerate(lines[1:], 2) if line.strip() == "---"), 0)
    for number, line in enumerate(lines, start=1):
        if number <= begin:
            continue
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence:
            yield number, line


def commands(repository: Repository, path: PurePosixPath | str) -> Iterator[tuple[int, str]]:
    """Give the commands of the fences that show a terminal, continued lines joined."""
    fence = language = ""
    pending, began = "", 0
    for number, line in enumerate(repository.lines(path), start=1):
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence, language = ("", "") if fence else (mark[1], mark[2].lower())
            continue
        if not fence or language not in ("console", "bash", "sh", "shell", "shell-session", "zsh"):
            continue
        said = line.strip().removeprefix("$ ")
        if not said or said.startswith("#"):
            continue
        began = began or number
        pending += said.removesuffix("\\") + (" " if said.endswith("\\") else "")
        if not said.endswith("\\"):
            yield began, pending
            pending, began = "", 0


def table(repository: Repository, path: PurePosixPath | str) -> list[tuple[int, dict[str, str]]]:
    """Give the rows of the first table of a page, each with its line, under its headers."""
    header: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    for number, line in prose(repository, path):
        if not line.lstrip().startswith("|"):
            if rows or header:
                break
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if not header:
            header = [cell.lower() for cell in cells]
        elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            rows.append((number, dict(zip(header, cells, strict=False))))
    return rows


def set_front(
    repository: Repository, path: PurePosixPath, key: str, value: str, says: str
) -> Fix | None:
    """Set a key of the front matter, which is made where there is none."""
    text = repository.text(path)
    if text is None or "\r" in text or text.startswith("\ufeff"):
        return None
    known = front(repository, path)
    if not known.end:
        if text.startswith("---"):
            return None
        change = Edit(path=path, start=0, end=0, text=f"---\n{key}: {value}\n---\n\n".encode())
        return Fix(says=says, changes=(change,))
    lines = text.splitlines(keepends=True)
    at = 0
    for number, line in enumerate(lines[: known.end - 1], start=1):
        if number > 1 and line.split(":", 1)[0] == key and ":" in line:
            bare = line.rstrip("\n").encode()
            change = Edit(path=path, start=at, end=at + len(bare), text=f"{key}: {value}".encode())
            return Fix(says=says, changes=(change,))
        at += len(line.encode())
    change = Edit(path=path, start=at, end=at, text=f"{key}: {value}\n".encode())
    return Fix(says=says, changes=(change,))


def append(repository: Repository, path: PurePosixPath, text: str, says: str) -> Fix | None:
    """Add a text at the end of a file."""
    content = repository.content(path)
    if content is None:
        return None
    joint = b"" if not content or content.endswith(b"\n") else b"\n"
    end = len(content)
    return Fix(
        says=says, changes=(Edit(path=path, start=end, end=end, text=joint + text.encode()),)
    )
