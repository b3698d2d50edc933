"""Write out the numbers that a framework would choose."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, add_argument
from scaffold.check.facts.defaults import DEFAULTS
from scaffold.check.rule import Found, rule
from scaffold.check.source import is_open, keywords
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.defaults import Default
    from scaffold.check.repository import Repository


@rule("CFG001", "implicit-default", "P13", level=Level.WARNING, fixable=Fixable.SAFE)
def implicit_default(repository: Repository) -> Iterator[Found]:
    """A call leaves to the framework what frameworks define differently.

    Why: an epsilon of 1e-5 for one of 1e-6 changes every output a little and crashes nothing;
    it is the most frequent silent difference between two implementations.

    Do: pass the value of the reference by name.
    """
    for source in repository.own:
        for name, call in source.calls:
            known = DEFAULTS.get(name)
            if known is None or is_open(call):
                continue
            absent = [one for one in known if _is_left(call, one)]
            if not absent:
                continue
            text = ", ".join(f"{one.name}={one.text}" for one in absent)
            edit = add_argument(source, call, text)
            short = name.rpartition(".")[2]
            yield Found(
                where=source.path,
                line=call.lineno,
                because=f"{short} leaves {', '.join(one.name for one in absent)} to the framework",
                fix=None if edit is None else Fix(says=f"write {text}", changes=(edit,)),
            )


def _is_left(call: ast.Call, default: Default) -> bool:
    given = keywords(call)
    if default.name in given or len(call.args) > default.place:
        return False
    if not default.modes:
        return True
    mode = given.get("mode")
    return isinstance(mode, ast.Constant) and mode.value in default.modes
