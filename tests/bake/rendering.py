"""Render the house that ships, once per combination of answers."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import copier
from covering import Row, covering_array
from plumbum import local
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).resolve().parents[2]
HOUSE = PROJECT / "templates" / "reengineering"

# Free text as it comes from people: punctuation that TOML, YAML, Markdown and Python care about.
TEXTS = {
    "name": ["digits-vit", "r2d2"],
    "package": ["digits_vit", "net", "mask_transformer_reimplemented"],
    "description": [
        "A small vision transformer for handwritten digits, reengineered from its reference",
        "Zoë's model: 100 % of it, #1 & 'best' - ünïcödé",
    ],
    "author": ["The authors", "Zoë O'Neill & Søn: #2"],
}


GATES = {f"G{n}" for n in range(13)} | {f"G4{letter}" for letter in "abcdef"}


def questions() -> dict[str, list[str]]:
    """Return every question of the house with the answers that the covering array uses."""
    asked = YAML(typ="safe").load(HOUSE / "copier.yml")
    found: dict[str, list[str]] = {}
    for name, question in asked.items():
        if name.startswith("_"):
            continue
        choices = question.get("choices")
        if choices is None:
            found[name] = TEXTS[name]
        else:
            values = list(choices.values() if isinstance(choices, dict) else choices)
            default = question["default"]
            found[name] = [default, *(value for value in values if value != default)]
    return found


def combinations() -> list[Row]:
    """Return the covering array of the house; the first row is the default answers."""
    return covering_array(questions())


def render(answers: Mapping[str, str], destination: Path) -> Path:
    """Render the house with plain Copier.

    Without git on its path: it would ask git about each of the files, for longer than it renders.
    """
    with local.env(PATH=os.devnull):
        copier.run_copy(
            str(HOUSE),
            str(destination),
            data=dict(answers),
            defaults=True,
            quiet=True,
            unsafe=False,
        )
    return destination


def files_of(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file under a folder, by its path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def front_matter(page: Path) -> dict[str, object]:
    """Return what a page says about itself."""
    _, matter, _ = page.read_text(encoding="utf-8").split("---\n", 2)
    return dict(YAML(typ="safe").load(matter))


@dataclass(frozen=True)
class Shelf:
    """Renderings on disk, made when somebody first asks."""

    base: Path

    def __getitem__(self, number: int) -> Path:
        """Return the folder of one row of the covering array. Nobody writes into it."""
        folder = self.base / f"{number:02}"
        if not folder.is_dir():
            self._make(combinations()[number], folder)
        return folder

    def copy(self, number: int, destination: Path) -> Path:
        """Return a copy of one rendering that the caller may write into."""
        return Path(shutil.copytree(self[number], destination))

    def _make(self, answers: Row, folder: Path) -> None:
        self.base.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=self.base, prefix="making-"))
        render(answers, beside)
        try:
            beside.replace(folder)
        except OSError:  # another worker was faster
            shutil.rmtree(beside)
