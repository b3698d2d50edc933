"""Give a hyper-parameter one home."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.check.source import keywords
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_HARMLESS = (0, 1, 2, -1)


@rule("CFG004", "number-in-an-argument", "P14", level=Level.WARNING)
def number_in_an_argument(repository: Repository) -> Iterator[Found]:
    """A command line has a number of the experiment as its default.

    Why: it is a second home beside `configs/`; the two drift apart, and the log shows one of them.

    Do: move it to `configs/`, and override it on the command line.
    """
    if not any(repository.under("configs", ".yaml", ".yml")):
        return
    for source in repository.own:
        for _, call in source.calls:
            if not isinstance(call.func, ast.Attribute) or call.func.attr != "add_argument":
                continue
            default = keywords(call).get("default")
            number = isinstance(default, ast.Constant) and isinstance(default.value, (int, float))
            if not number or isinstance(default.value, bool) or default.value in _HARMLESS:  # type: ignore[union-attr]
                continue
            named = call.args and isinstance(call.args[0], ast.Constant)
            flag = call.args[0].value if named else "an argument"  # type: ignore[attr-defined]
            yield Found(
                where=source.path,
                line=call.lineno,
                because=f"{flag} has the default {default.value}",  # type: ignore[union-attr]
            )
