"""Every link and every command in the documentation leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if ".venv" not in path.parts
)
LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)([^)#\s]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"")
TARGET = re.compile(r"`make ([a-z-]+)`|^\s*\$ make ([a-z-]+)", re.MULTILINE)


def ids(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_relative_links_resolve(page):
    links = [a or b for a, b in LINK.findall(page.read_text(encoding="utf-8"))]

    broken = [link for link in links if not (page.parent / link).exists()]

    assert not broken


@pytest.mark.parametrize("page", [p for p in PAGES if p.parent == ROOT], ids=ids)
def test_make_targets_exist(page):
    """Of this project, or of the repository that the page has just stepped into."""
    template = ROOT / "templates" / "reengineering" / "repository" / "Makefile.jinja"
    makefile = (ROOT / "Makefile").read_text() + template.read_text()

    named = {a or b for a, b in TARGET.findall(page.read_text(encoding="utf-8"))}
    missing = [name for name in named if not re.search(rf"^{name}[ :]", makefile, re.MULTILINE)]

    assert not missing


def test_every_decision_is_listed():
    folder = ROOT / "docs" / "decisions"
    listing = (folder / "README.md").read_text(encoding="utf-8")

    unlisted = [p.name for p in folder.glob("0*.md") if f"({p.name})" not in listing]

    assert not unlisted
