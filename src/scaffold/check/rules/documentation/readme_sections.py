"""Answer the five questions of every reader."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import append, headings
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

README = PurePosixPath("README.md")
SECTIONS = {
    "dependencies": ("depend", "requirement", "install", "setup", "environment", "getting started"),
    "training": ("train",),
    "evaluation": ("evaluat", "test", "benchmark", "inference"),
    "results": ("result", "performance", "benchmark", "accuracy", "model zoo"),
    "pretrained weights": (
        "pretrained",
        "pre-trained",
        "weights",
        "checkpoint",
        "model zoo",
        "models",
    ),
}
"""The five of the ML code completeness checklist, and the words by which a heading is known."""


@rule("DOC007", "readme-section-missing", "P56", fixable=Fixable.SAFE)
def readme_section_missing(repository: Repository) -> Iterator[Found]:
    """The README has no section on dependencies, training, evaluation, results or weights.

    Why: repositories with all five are used, and those with fewer are asked.

    Do: add it, with the exact command.
    """
    if not repository.manifest or not repository.has(README):
        return
    titles = " / ".join(title.lower() for _, title in headings(repository, README))
    for name, words in SECTIONS.items():
        if not any(word in titles for word in words):
            fix = append(repository, README, f"\n## {name.capitalize()}\n\nTBD\n", "begin it")
            yield Found(where=README, because=f"has no section on {name}", fix=fix)
