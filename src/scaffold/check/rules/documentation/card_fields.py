"""Fill in what model cards leave out."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import front
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

CARD = PurePosixPath("MODEL_CARD.md")
FIELDS = (
    *("license", "library_name", "pipeline_tag", "datasets", "base_model", "metrics"),
    *("model_name", "parameters", "input", "output"),
)


@rule("DOC011", "card-field-missing", "P57", gate="G11")
def card_field_missing(repository: Repository) -> Iterator[Found]:
    """The model card lacks a field that published models usually lack.

    Why: who wants to reuse the model asks for its size, its input and its licences first.

    Do: fill it in; `none` is an answer.
    """
    if not repository.manifest or not repository.has(CARD):
        return
    values = front(repository, CARD).values
    for key in FIELDS:
        if values.get(key) in (None, "", [], "TBD"):
            yield Found(where=CARD, line=1, because=f"{key} is empty")
