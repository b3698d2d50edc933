"""Load weights strictly, or look at what was left over."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, replace
from scaffold.check.rule import Found, rule
from scaffold.check.source import is_constant, keywords
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("PAR009", "weights-loaded-laxly", "P53", fixable=Fixable.UNSAFE)
def weights_loaded_laxly(repository: Repository) -> Iterator[Found]:
    """`load_state_dict(strict=False)` is called and what it leaves out is not looked at.

    Why: a renamed layer keeps its random weights; two thirds of the defects in model code are of
    this kind.

    Do: load strictly, or bind the result and assert on its missing and unexpected keys.
    """
    for path in repository.files:
        if path.suffix != ".py" or (source := repository.python(path)) is None:
            continue
        bare = {id(one.value) for one in source.all(ast.Expr)}
        for _, call in source.calls:
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            strict = keywords(call).get("strict")
            if strict is None and len(call.args) > 1:
                strict = call.args[1]
            if strict is None or method != "load_state_dict" or id(call) not in bare:
                continue
            if is_constant(strict, value=False):
                edit = replace(source, strict, "True")
                yield Found(
                    where=path,
                    line=call.lineno,
                    because="weights that fit nowhere are left out silently",
                    fix=Fix(says="load strictly", changes=(edit,), safe=False),
                )
