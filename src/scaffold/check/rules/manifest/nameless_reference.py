"""Say what the reference is, and why it is trusted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import complaint, restored, text
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_WANTED = ("name", "framework", "licence", "trusted_because", "weights")
_SPDX = re.compile(r"(?:[A-Za-z0-9.+-]+|\(|\)| (?:AND|OR|WITH) )+")


@rule("MAN006", "reference-incomplete", "P02", "P60", gate="G1", fixable=Fixable.SAFE)
def reference_incomplete(repository: Repository) -> Iterator[Found]:
    """The manifest leaves out who the reference is, under which licence, or why it is trusted.

    Why: there are five implementations of every paper, and they disagree.

    Do: fill it in; the licence is an SPDX identifier, `weights` says where they come from or
    why there are none.
    """
    if not repository.manifest:
        return
    for key in _WANTED:
        said = text(repository, "reference", key)
        if not said:
            fix = restored(repository, "reference", key)
            yield complaint(repository, "reference", key, f"reference.{key} is empty", fix)
        elif key == "licence" and not _SPDX.fullmatch(said):
            fix = restored(repository, "reference", key)
            because = f"reference.licence is {said!r}, no SPDX identifier"
            yield complaint(repository, "reference", key, because, fix)
