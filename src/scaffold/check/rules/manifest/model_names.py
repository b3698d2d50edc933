"""Let a model's name say what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import complaint, restored, text
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("MAN008", "model-name-says-little", "P58", level=Level.WARNING, fixable=Fixable.SAFE)
def model_name_says_little(repository: Repository) -> Iterator[Found]:
    """The model's name is not architecture, size, task, data and version, joined by hyphens.

    Why: half of the published names do not tell which of three variants was trained on what.

    Do: write `vit-s16-classify-imagenet-v1`; a house may ask for another pattern.
    """
    if not repository.manifest:
        return
    said = text(repository, "project", "model_name")
    if not re.fullmatch(repository.policy.model_name, said):
        fix = restored(repository, "project", "model_name")
        because = f"model_name is {said!r}"
        yield complaint(repository, "project", "model_name", because, fix)
