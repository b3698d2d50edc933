"""Say where a configuration's own values stand among its defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.yamls import insert_line, line_of
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("CFG006", "self-is-implicit", "P13", "P14", level=Level.WARNING, fixable=Fixable.SAFE)
def self_is_implicit(repository: Repository) -> Iterator[Found]:
    """The main configuration chooses groups and does not say which side wins.

    Why: Hydra 1.0 let the groups win and Hydra 1.1 the file; without `_self_` a number depends on
    the version.

    Do: put `_self_` into the list: at its end if the file's own values win.
    """
    for path in repository.under("configs", ".yaml"):
        content = repository.yaml(path)
        if len(path.parts) != 2 or not isinstance(content, dict):  # noqa: PLR2004 - configs/x.yaml
            continue
        wanted = content.get("defaults")
        wanted = wanted if isinstance(wanted, list) else []
        groups = any(isinstance(one, dict) for one in wanted)
        if not groups or "_self_" in wanted or len(content) == 1:
            continue
        at = line_of(repository, path, "defaults") or 1
        lines = repository.lines(path)
        end = at
        while end < len(lines) and (lines[end].lstrip().startswith("-") or not lines[end].strip()):
            end += 1
        while not lines[end - 1].strip():
            end -= 1
        pad = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        fix = insert_line(repository, path, end, f"{pad}- _self_", "let the file's values win")
        yield Found(where=path, line=at, because="its defaults do not hold _self_", fix=fix)
