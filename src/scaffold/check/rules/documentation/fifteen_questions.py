"""Ask all fifteen questions about the reference."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import append, headings
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

ANALYSIS = PurePosixPath("docs/paper_analysis.md")
ITEMS = (
    *("purpose", "code-availability", "framework", "networks-referenced", "architecture"),
    *("sub-networks", "blocks", "custom-layers", "losses", "output-structure", "dataset"),
    *("pre-processing", "output-processing", "metrics-and-targets", "training-steps"),
)


@rule("DOC004", "question-left-out", "P03", fixable=Fixable.SAFE)
def question_left_out(repository: Repository) -> Iterator[Found]:
    """The analysis lacks one of its fifteen questions.

    Why: the one that is left out is the one that is guessed.

    Do: answer it; `--fix` adds its heading with a mark to be filled in.
    """
    if not repository.has(ANALYSIS):
        return
    known = {re.sub(r"^\d+\.\s*", "", title) for _, title in headings(repository, ANALYSIS)}
    for number, item in enumerate(ITEMS, start=1):
        if item not in known:
            fix = append(repository, ANALYSIS, f"\n### {number}. {item}\n\nTBD\n", "ask it")
            yield Found(where=ANALYSIS, because=f"does not ask {number}. {item}", fix=fix)
