# ruff: noqa: INP001 - a script, not a package
"""Write the parts of README.md that are made from the table of the house.

    python docs/generate.py            print the tree
    python docs/generate.py --write    put it between its markers in README.md

A test compares what stands there with what would be written.
"""

from __future__ import annotations

import argparse
from pathlib import Path, PurePosixPath

from scaffold.house.shipped import DEFAULT, shelf
from scaffold.house.table import read_house

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BEGIN = "<!-- tree: made by docs/generate.py -->"
END = "<!-- tree: end -->"
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


def main() -> None:
    """Print the tree, or write it."""
    parser = argparse.ArgumentParser(description="Draw the tree of a generated repository.")
    parser.add_argument("--write", action="store_true", help="put it into README.md")
    if parser.parse_args().write:
        README.write_text(with_tree(README.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(tree())  # noqa: T201 - a script prints


if __name__ == "__main__":
    main()
