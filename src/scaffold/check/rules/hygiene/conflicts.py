"""Find a merge that was not finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_BEGIN, _END = "<<<<<<< ", ">>>>>>> "


@rule("HYG004", "conflict-left", "P62")
def conflict_left(repository: Repository) -> Iterator[Found]:
    """A file holds the markers of a conflict.

    Why: a merge was committed before it was finished; one of the two texts is lost sooner or later.

    Do: choose, and remove the markers.
    """
    for path in repository.files:
        content = repository.content(path)
        if content is None or _BEGIN.encode() not in content:
            continue
        lines = repository.lines(path)
        begins = [n for n, line in enumerate(lines, start=1) if line.startswith(_BEGIN)]
        if begins and any(line.startswith(_END) for line in lines):
            yield Found(where=path, line=begins[0], because="a conflict is not resolved")
