"""Call a model by one name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.documents import front, set_front
from scaffold.check.facts.manifests import text
from scaffold.check.rule import Found, rule
from scaffold.check.rules.documentation.card_fields import CARD
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("DOC012", "card-of-another-model", "P57", "P58", fixable=Fixable.SAFE)
def card_of_another_model(repository: Repository) -> Iterator[Found]:
    """The model card and the manifest call the model by two names.

    Why: two sizes of one architecture differ in a letter of the name, and the card is of one.

    Do: the manifest says which; write it into the card.
    """
    wanted = text(repository, "project", "model_name")
    said = front(repository, CARD).values.get("model_name")
    if wanted and isinstance(said, str) and said != wanted:
        fix = set_front(repository, CARD, "model_name", wanted, f"write {wanted}")
        yield Found(where=CARD, because=f"is of {said}, the manifest of {wanted}", fix=fix)
