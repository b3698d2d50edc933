"""Name the twin of a reference: the same source and name, built smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.reference.spec.parse import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.reference.spec.spec import Plain, Spec


def twin_spec(full: Spec, words: Sequence[str]) -> Spec | None:
    """Give the spec of a twin; None where nothing is to be smaller.

    Args:
        full: The reference at full size.
        words: `key=value`, in the place of the full one's argument of that key, or beside them.

    Raises:
        ScaffoldError: A word is no argument, or one key is given twice.
    """
    if not words:
        return None
    others = dict(parse(full.text, words).arguments)
    kept = [word for word in full.words if word.partition("=")[0] not in others]
    return parse(full.text, [*kept, *words])


def beside(twin: Spec, full: Spec) -> dict[str, Plain]:
    """Give the arguments of a twin that the full one does not have, or has otherwise."""
    own = dict(full.arguments)
    return {name: value for name, value in twin.arguments if name not in own or own[name] != value}
