"""Say by what gradients are clipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.yamls import insert_line, line_of
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("TRN004", "clipping-by-what", "P13", "P35", fixable=Fixable.SAFE)
def clipping_by_what(repository: Repository) -> Iterator[Found]:
    """A trainer clips gradients and does not say by norm or by value.

    Why: 1.0 by value and 1.0 by norm are two optimizers.

    Do: write `gradient_clip_algorithm`.
    """
    for path in repository.under("configs", ".yaml", ".yml"):
        content = repository.yaml(path)
        if not isinstance(content, dict) or content.get("gradient_clip_val") is None:
            continue
        if "gradient_clip_algorithm" not in content:
            at = line_of(repository, path, "gradient_clip_val") or 0
            text = "gradient_clip_algorithm: norm"
            fix = insert_line(repository, path, at, text, "write that it is the norm")
            yield Found(where=path, line=at, because="clips, and does not say by what", fix=fix)
