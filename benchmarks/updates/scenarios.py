"""The scenarios: what the template gave, what a person made of it, what the template gives now."""

from __future__ import annotations

from dataclasses import dataclass

TEXT = "".join(f"line {n}\n" for n in range(40))
MINE, THEIRS = "my own line", "the template's new line"
_PROJECT = '[project]\nname = "net"\ndependencies = [\n  "torch>=2",\n]\n'

Texts = dict[str, str]


@dataclass(frozen=True)
class Scenario:
    """One scenario; the sides are texts by path."""

    name: str
    base: Texts
    ours: Texts
    theirs: Texts
    wanted: str
    """`merged`, or `conflict` where a person has to decide."""
    renamed: tuple[str, str] = ("", "")
    """What a person renamed, so that git sees a rename."""


def at(n: int, line: str, text: str = TEXT) -> str:
    """Put another line in the place of the nth."""
    lines = text.splitlines(keepends=True)
    lines[n] = f"{line}\n"
    return "".join(lines)


def _added(line: str) -> str:
    return _PROJECT.replace(",\n]", f',\n  "{line}",\n]')


EDITED = {"a.txt": at(5, MINE)}
EVERY = (
    Scenario("edits far apart", {"a.txt": TEXT}, EDITED, {"a.txt": at(30, THEIRS)}, "merged"),
    Scenario("edits two lines apart", {"a.txt": TEXT}, EDITED, {"a.txt": at(7, THEIRS)}, "merged"),
    Scenario("same line", {"a.txt": TEXT}, EDITED, {"a.txt": at(5, THEIRS)}, "conflict"),
    Scenario(
        "template renames, user edited",
        {"a.txt": TEXT},
        EDITED,
        {"b.txt": at(30, THEIRS)},
        "merged",
    ),
    Scenario("template deletes, user edited", {"a.txt": TEXT}, EDITED, {}, "conflict"),
    Scenario(
        "user renames, template edits",
        {"a.txt": TEXT},
        {"mine.txt": at(5, MINE)},
        {"a.txt": at(30, THEIRS)},
        "merged",
        ("a.txt", "mine.txt"),
    ),
    Scenario(
        "user moves to a folder, template edits",
        {"a.txt": TEXT},
        {"deep/a.txt": at(5, MINE)},
        {"a.txt": at(30, THEIRS)},
        "merged",
        ("a.txt", "deep/a.txt"),
    ),
    Scenario(
        "user deleted, template edits", {"a.txt": TEXT}, {}, {"a.txt": at(30, THEIRS)}, "conflict"
    ),
    Scenario(
        "both add the same file",
        {},
        {"a.txt": f"{MINE}\n"},
        {"a.txt": f"{THEIRS}\n"},
        "conflict",
    ),
    Scenario(
        "both add a requirement",
        {"pyproject.toml": _PROJECT},
        {"pyproject.toml": _added(MINE)},
        {"pyproject.toml": _added(THEIRS)},
        "merged",
    ),
    Scenario(
        "several in one update",
        {"a.txt": TEXT, "b.txt": f"b\n{TEXT}", "c.txt": f"c\n{TEXT}"},
        {"a.txt": at(5, MINE), "b.txt": f"b\n{at(8, MINE)}", "c.txt": f"c\n{at(5, MINE)}"},
        {"a.txt": at(30, THEIRS), "b.txt": f"b\n{at(8, THEIRS)}", "d.txt": f"c\n{at(30, THEIRS)}"},
        "conflict",
    ),
)
