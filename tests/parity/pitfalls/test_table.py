"""The page of the room names tests and files that exist."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "src" / "scaffold" / "parity" / "README.md"
FEWEST, FILES = 25, 15


def named():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return {name for row in rows for name in re.findall(r"`(test_\w+)`", row)}


def written():
    texts = [path.read_text() for path in HERE.parent.rglob("test_*.py")]
    return {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}


def test_every_test_that_the_page_names_exists():
    assert named() - written() == set()
    assert len(named()) > FEWEST


def test_every_file_that_the_page_names_exists():
    files = re.findall(r"^\| (`.+?)\|", PAGE.read_text(), re.MULTILINE)
    named_files = {name for cell in files for name in re.findall(r"`([\w/]+(?:\.py|/))`", cell)}

    assert len(named_files) > FILES
    assert {name for name in named_files if not (PAGE.parent / name).exists()} == set()
