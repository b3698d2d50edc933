# ruff: noqa: INP001 - a script, not a package
"""Write the parts of the documentation that are made from the project itself.

    python docs/generate.py            print the tree of a generated repository
    python docs/generate.py --write    write it, the help texts, docs/causes.md, docs/rules.md
                                       and the schema of a blueprint

A test compares what stands there with what would be written.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

from scaffold.check import catalogue
from scaffold.core.blueprint import document
from scaffold.house.shipped import DEFAULT, shelf
from scaffold.house.table import read_house
from scaffold.parity.causes.page import page

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
REFERENCE = ROOT / "docs" / "reference"
CAUSES = ROOT / "docs" / "causes.md"
RULES = ROOT / "docs" / "rules.md"
SCHEMA = ROOT / "src" / "scaffold" / "report" / "schemas" / "blueprint.schema.json"
BEGIN = "<!-- tree: made by docs/generate.py -->"
END = "<!-- tree: end -->"
HELP = re.compile(r"<!-- help: (scaffold[a-z -]*) -->\n.*?<!-- help: end -->", re.DOTALL)
ANSWERS = {"package": "digits_vit"}
SHOWN = ("README.md", "reengineering.toml", "Makefile", "pyproject.toml", "MODEL_CARD.md")


def tree() -> str:
    """Draw the folders of a repository, each with its purpose, and the few files at the top."""
    rows = [row for row in read_house(shelf() / DEFAULT).rows if row.is_folder or row.path in SHOWN]
    drawn = [("digits-vit/", "")]
    for row in sorted(rows, key=lambda row: row.is_folder):
        path = PurePosixPath(row.path)
        name = row.at(ANSWERS).name + "/" * row.is_folder
        drawn.append(("  " * len(path.parts) + name, row.purpose))
    width = max(len(name) for name, _ in drawn) + 2
    return "\n".join(f"{name:<{width}}{purpose}".rstrip() for name, purpose in drawn)


def block() -> str:
    """Give the tree as it stands in README.md, markers included."""
    return f"{BEGIN}\n\n```text\n{tree()}\n```\n\n{END}"


def with_tree(text: str) -> str:
    """Give a page with its tree drawn anew.

    Raises:
        ValueError: The page has no markers.
    """
    if BEGIN not in text or END not in text:
        raise ValueError(f"no place for the tree: add the lines {BEGIN} and {END}")
    before, rest = text.split(BEGIN, 1)
    return f"{before}{block()}{rest.split(END, 1)[1]}"


def help_of(command: str) -> str:
    """Print a command's help as it looks in a pipe, 100 columns wide."""
    words = [sys.executable, "-m", *command.split(), "--help"]
    environment = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())


def with_help(text: str) -> str:
    """Give a page with the help texts between its markers printed anew."""
    return HELP.sub(
        lambda found: (
            f"<!-- help: {found[1]} -->\n```text\n{help_of(found[1])}\n```\n<!-- help: end -->"
        ),
        text,
    )


def hypotheses() -> str:
    """List the hypotheses that are run on what diverges first."""
    return page().rstrip("\n") + "\n"


def main() -> None:
    """Print the tree, or write everything."""
    parser = argparse.ArgumentParser(description="Write the generated parts of the documentation.")
    parser.add_argument("--write", action="store_true", help="put them into their pages")
    if parser.parse_args().write:
        README.write_text(with_tree(README.read_text(encoding="utf-8")), encoding="utf-8")
        for verb in REFERENCE.glob("*.md"):
            verb.write_text(with_help(verb.read_text(encoding="utf-8")), encoding="utf-8")
        CAUSES.write_text(hypotheses(), encoding="utf-8")
        RULES.write_text(catalogue.page(), encoding="utf-8")
        form = json.dumps(document.schema(), indent=2, ensure_ascii=False)
        SCHEMA.write_text(f"{form}\n", encoding="utf-8")
    else:
        print(tree())  # noqa: T201 - a script prints


if __name__ == "__main__":
    main()
