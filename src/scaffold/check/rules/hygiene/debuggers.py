"""Leave no breakpoint behind."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, drop_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_STOPS = frozenset(
    {"breakpoint", "pdb.set_trace", "ipdb.set_trace", "pudb.set_trace", "IPython.embed"}
)


@rule("HYG008", "breakpoint-left", "P62", fixable=Fixable.SAFE)
def breakpoint_left(repository: Repository) -> Iterator[Found]:
    """A call that stops in the debugger is left in the code.

    Why: a training that nobody watches waits for ever.

    Do: remove it.
    """
    for path in repository.files:
        if path.suffix != ".py" or (source := repository.python(path)) is None:
            continue
        stops = {id(call): name for name, call in source.calls if name in _STOPS}
        for statement in source.all(ast.Expr) if stops else ():
            if id(statement.value) in stops:
                alone = source.line_of(statement).strip().startswith(stops[id(statement.value)])
                edit = drop_line(source, statement) if alone else None
                yield Found(
                    where=path,
                    line=statement.lineno,
                    because=f"stops in {stops[id(statement.value)]}",
                    fix=None if edit is None else Fix(says="remove it", changes=(edit,)),
                )
